/**
 * Changes of the membership as they stand in entries of the log, forms V1 and V2.
 */
import { confChangeV1, confChangeV2, ConfChangeTransition, ConfChangeType } from '../../../lib/raft/conf-change.js';
import { confChangeEntryType, decodeConfChange, encodeConfChange } from '../../../lib/raft/conf-change-codec.js';
import { EntryType } from '../../../lib/raft/types.js';
import { codecFamily, type Sample } from '../family.js';
import { nameOf, type PlainObject } from '../plain.js';

const CONTEXT = Uint8Array.of(1, 2, 3);
const NODE = 300;

function samples(): Sample[] {
  const made = (name: string, change: Parameters<typeof encodeConfChange>[0]): Sample => ({
    name,
    bytes: Uint8Array.of(confChangeEntryType(change), ...encodeConfChange(change)),
  });
  return [
    ...Object.entries(ConfChangeType).map(([name, type]) => made(`V1 ${name}`, confChangeV1(type, NODE, CONTEXT))),
    ...Object.entries(ConfChangeTransition).map(([name, transition]) =>
      made(
        `V2 ${name}`,
        confChangeV2(
          Object.values(ConfChangeType).map((type) => ({ type, nodeId: NODE + type })),
          transition,
          CONTEXT,
        ),
      ),
    ),
    made('V2 leaves the joint configuration', confChangeV2([])),
  ];
}

/** The type of the entry stands before the change. */
const changeOf = (bytes: Uint8Array) => decodeConfChange(bytes[0] as EntryType, bytes.subarray(1));

function labels(change: PlainObject): string[] {
  if (change['version'] === 1) return [`V1 ${nameOf(ConfChangeType, change['type'])}`];
  const changes = change['changes'] as readonly PlainObject[];
  if (changes.length === 0) return ['V2 empty'];
  return [`V2 ${nameOf(ConfChangeTransition, change['transition'])}`, ...changes.map(({ type }) => `V2 ${nameOf(ConfChangeType, type)}`)];
}

export const family = codecFamily({
  name: 'conf-changes',
  remedy:
    'Changes of the membership stand in logs: keep the form as it was, and make what is new a new version (lib/raft/conf-change-codec.ts).',
  samples,
  decode: changeOf,
  encode: (bytes) => Uint8Array.of(bytes[0]!, ...encodeConfChange(changeOf(bytes))),
  labels,
  needed: () => [
    ...Object.keys(ConfChangeType).flatMap((type) => [`V1 ${type}`, `V2 ${type}`]),
    ...Object.keys(ConfChangeTransition).map((transition) => `V2 ${transition}`),
    'V2 empty',
  ],
});
