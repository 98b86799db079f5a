/**
 * Messages of the membership: one of every kind, with an update of every kind, and records in every status.
 */
import { decodeMessage, encodeMessage } from '../../../lib/membership/swim/message-codec.js';
import { MessageKind, UpdateKind } from '../../../lib/membership/swim/message.js';
import { MemberStatus } from '../../../lib/membership/swim/record.js';
import { SAMPLE_MESSAGES } from '../../membership/samples.js';
import { codecFamily } from '../family.js';
import { nameOf, type PlainObject } from '../plain.js';

const list = (value: PlainObject, field: string): readonly PlainObject[] => (value[field] ?? []) as unknown as readonly PlainObject[];

export const family = codecFamily({
  name: 'gossip',
  remedy:
    'Nodes of released builds send these messages and read them, while a deployment is upgraded: keep the layout, and send what is new under a new version (lib/membership/swim/message-codec.ts).',
  samples: () => SAMPLE_MESSAGES.map(([name, message]) => ({ name, bytes: encodeMessage(message) })),
  decode: decodeMessage,
  encode: (bytes) => encodeMessage(decodeMessage(bytes)),
  labels: (value) => [
    nameOf(MessageKind, value['kind']),
    ...list(value, 'updates').map((update) => `update ${nameOf(UpdateKind, update['kind'])}`),
    ...list(value, 'records').map((record) => `record ${nameOf(MemberStatus, record['status'])}`),
  ],
  needed: () => [
    ...Object.keys(MessageKind),
    ...Object.keys(UpdateKind).map((name) => `update ${name}`),
    ...Object.keys(MemberStatus).map((name) => `record ${name}`),
  ],
});
