import { expect, it } from '@jest/globals';
import { decodeCommand, encodeCommand } from './command-codec.js';
import { CommandKind } from './command.js';
it('round trip smoke', () => {
  const c = {
    kind: CommandKind.CHECKPOINT,
    runId: '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e',
    epoch: 3,
    key: 'statüs',
    occurrence: 300,
    position: { wseq: 2 ** 40, ordinal: 1 },
    argumentsDigest: 2 ** 53 - 1,
    value: Uint8Array.of(1, 2),
    error: { name: 'E', message: 'm', code: '', stack: '', cause: null },
  } as const;
  expect(decodeCommand(encodeCommand(c))).toEqual(c);
});
