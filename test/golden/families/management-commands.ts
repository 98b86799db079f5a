/**
 * Command frames of the log of the management cluster, version 1: one of every kind, and of every choice that a field has.
 */
import { decodeTopologyCommand, encodeTopologyCommand } from '../../../lib/management/command-codec.js';
import { TOPOLOGY_CODEC_LEVEL_MAX, TopologyKind } from '../../../lib/management/command.js';
import { CLUSTER_STATES, MOVE_PHASES, NODE_ROLES, NODE_STATES } from '../../../lib/management/record-codec.js';
import { readLogTimeStamp, stampLogTime } from '../../../lib/state-machine/index.js';
import { SAMPLE_TOPOLOGY_COMMANDS } from '../../support/topology-samples.js';
import { codecFamily } from '../family.js';
import { nameOf, objectsIn, type PlainObject } from '../plain.js';

const STAMP_MS = 1_700_000_000_123.25;

function labels(value: PlainObject): string[] {
  const command = value['command'] as PlainObject;
  const kind = nameOf(TopologyKind, command['kind']);
  const found = [kind];
  if ('state' in command) found.push(`${kind} ${String(command['state'])}`);
  if ('phase' in command) found.push(`${kind} ${String(command['phase'])}`);
  for (const one of objectsIn(command)) if ('role' in one) found.push(`role ${String(one['role'])}`);
  return found;
}

export const family = codecFamily({
  name: 'management-commands',
  remedy:
    'Frames of released commands stand in logs and are applied again at every start: keep the decoder as it was, and make what is new a new kind, or a new frame version (lib/management/command-codec.ts, B1).',
  samples: () =>
    SAMPLE_TOPOLOGY_COMMANDS.map(([name, command]) => {
      const bytes = encodeTopologyCommand(command, TOPOLOGY_CODEC_LEVEL_MAX);
      stampLogTime(bytes, STAMP_MS);
      return { name, bytes };
    }),
  decode: (bytes) => ({ stampMs: readLogTimeStamp(bytes), command: decodeTopologyCommand(bytes) }),
  encode: (bytes) => {
    const again = encodeTopologyCommand(decodeTopologyCommand(bytes), TOPOLOGY_CODEC_LEVEL_MAX);
    stampLogTime(again, readLogTimeStamp(bytes));
    return again;
  },
  labels,
  needed: () => [
    ...Object.keys(TopologyKind),
    ...NODE_STATES.map((state) => `SET_NODE_STATE ${state}`),
    ...CLUSTER_STATES.map((state) => `SET_CLUSTER_STATE ${state}`),
    ...MOVE_PHASES.map((phase) => `ADVANCE_MOVE ${phase}`),
    ...NODE_ROLES.map((role) => `role ${role}`),
  ],
});
