/**
 * A call between nodes, as both sides play it: who asks, and who answers, each with the engine's own code of that side and stand-ins for what is behind it.
 */
import type { PeerCallHandler, PeerIdentity } from '../../../lib/transport/network-transport-port.js';
import type { Connection } from '../../../lib/transport/peer/connection.js';
import { CallDesk } from '../../../lib/transport/peer/calls.js';
import { decodeAnswer, decodeCall, encodeAnswer, encodeCall } from '../../../lib/transport/peer/packet-codec.js';
import { MAC_BYTES } from '../../../lib/transport/peer/seal.js';
import { DEFAULT_PEER_TUNING } from '../../../lib/transport/peer/tuning.js';
import { ManualClock } from '../../support/manual-clock.js';

/** Bodies as texts. */
export interface Reply {
  readonly ok: boolean;
  readonly text: string;
}

/** The other side: takes a body, and answers. */
export type Respond = (request: string) => Promise<Reply>;

export interface CallScript {
  readonly name: string;
  readonly method: string;
  /** Makes the call, and tells what came of its answer. */
  ask(respond: Respond): Promise<unknown>;
  /** Answers a request, and tells what it did. */
  serve(request: string): Promise<{ readonly reply: Reply; readonly did: unknown }>;
}

export const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';
export const RUN_ID = '3f0a2c84-51f1-4f36-8d0d-6c3a2b1e9f70';

export const bytesOfText = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'));
export const textOfBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export const CALLER: PeerIdentity = {
  nodeId: 3,
  incarnation: 1_700_000_000_003,
  deployment: DEPLOYMENT,
  address: 'node-3:7000',
  processId: '00000003-8f3a-4c57-9c2e-0f9a1b2c3d4e',
};

function desk(): CallDesk {
  return new CallDesk(new ManualClock(), DEFAULT_PEER_TUNING);
}

function connection(from: PeerIdentity, send: (packet: Uint8Array) => void): Connection {
  const sent = (packet: Uint8Array): void => send(packet.subarray(0, packet.length - MAC_BYTES));
  const remote = { ...from, volatile: false };
  return { remote, local: remote, remoteAddress: from.address, bufferedBytes: 0, countCall: () => undefined, send: sent } as never;
}

/** A call of a process, by the desk that makes it, to the body's last byte. */
export async function callOver(respond: Respond, method: string, request: Readonly<Record<string, unknown>>) {
  const calls = desk();
  let packet: Uint8Array | null = null;
  const to = connection(CALLER, (sent) => (packet = sent));
  const answer = calls.send(to, method, calls.encode(method, request), 1_000);
  answer.catch(() => undefined);
  const { callId, json } = decodeCall(packet!);
  const { ok, text } = await respond(textOfBytes(json));
  calls.onAnswer(to, encodeAnswer({ callId, ok, json: bytesOfText(text) }));
  return answer;
}

/** What the desk of a process answers to it. */
export function answerOver(handler: PeerCallHandler, method: string, from: PeerIdentity, request: string): Promise<Reply> {
  const calls = desk();
  calls.handle(method, handler);
  return new Promise((resolve) => {
    const to = connection(from, (packet) => {
      const { ok, json } = decodeAnswer(packet);
      resolve({ ok, text: textOfBytes(json) });
    });
    calls.onCall(to, encodeCall({ callId: 1, method, json: bytesOfText(request) }));
  });
}
