/** What two sessions agree on, without a channel between them (H5). The handshake under attack is in peer-security.spec.ts. */
import { expect, it } from '@jest/globals';
import { Refusal, type PeerDescription } from './packet-codec.js';
import { Session, type SessionOptions, type SessionStep } from './session.js';

const secret = Buffer.from('a secret of thirty-two characters');
const describeNode = (nodeId: number): PeerDescription => ({
  nodeId,
  incarnation: 1,
  deployment: 'd',
  address: `10.0.0.${nodeId}:1`,
  processId: `p${nodeId}`,
  volatile: false,
});

function session(role: 'dialer' | 'acceptor', more: Partial<SessionOptions>): Session {
  const nodeId = role === 'dialer' ? 1 : 2;
  const credentials = { kind: 'secret', secret } as const;
  const nonce = Buffer.alloc(32, nodeId);
  return new Session({
    role,
    credentials,
    nonce,
    isEncrypted: false,
    isPeerVerified: false,
    describe: () => describeNode(nodeId),
    ...more,
  });
}

const sent = (step: SessionStep): Uint8Array => {
  if (step.kind !== 'send') throw new Error(`${step.kind} instead of a packet`);
  return step.packet;
};

/** Whether packets are sealed, as either side sees it. */
function isSealed(dialerHas: Partial<SessionOptions>, acceptorHas: Partial<SessionOptions>): [dialer: boolean, acceptor: boolean] {
  const dialer = session('dialer', dialerHas);
  const acceptor = session('acceptor', acceptorHas);
  const challenge = sent(acceptor.receive(sent(dialer.begin())));
  expect(acceptor.receive(sent(dialer.receive(challenge))).kind).toBe('judge');
  const { packet, result } = acceptor.conclude(Refusal.NONE, '');
  const opened = dialer.receive(packet);
  if (opened.kind !== 'open') throw new Error(`${opened.kind} instead of an open session`);
  return [opened.result.sealing !== null, result!.sealing !== null];
}

it('H5: seals are left out only where both sides say that the channel is encrypted and the dialer knows whom it reached', () => {
  const encrypted = { isEncrypted: true };
  const verified = { isEncrypted: true, isPeerVerified: true };
  expect(isSealed({}, {})).toEqual([true, true]);
  expect(isSealed(encrypted, encrypted)).toEqual([true, true]);
  // A proxy that ends the encryption on the way.
  expect(isSealed(verified, {})).toEqual([true, true]);
  expect(isSealed({ isPeerVerified: true }, encrypted)).toEqual([true, true]);
  expect(isSealed(verified, encrypted)).toEqual([false, false]);
});
