/**
 * Whole handshakes of two processes with fixed nonces and a fixed secret, and the first sealed packets behind them: proofs, keys and seals as released.
 */
import { Session, type SessionResult } from '../../../lib/transport/peer/session.js';
import { PacketKind, Refusal, encodeBare, encodeCall, type PeerDescription } from '../../../lib/transport/peer/packet-codec.js';
import { MAC_BYTES } from '../../../lib/transport/peer/seal.js';
import type { PeerCredentials } from '../../../lib/transport/security/credentials.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, hexOf, plain, type Plain } from '../plain.js';

interface Side {
  readonly isEncrypted: boolean;
  readonly isPeerVerified: boolean;
}

interface Script {
  readonly name: string;
  readonly security: 'secret' | 'certificate' | 'insecure';
  readonly dialer: Side;
  readonly acceptor: Side;
  /** What the acceptor makes of the dialer. */
  readonly refusal: Refusal;
}

const PLAIN: Side = { isEncrypted: false, isPeerVerified: false };
const ENCRYPTED: Side = { isEncrypted: true, isPeerVerified: false };
const VERIFIED: Side = { isEncrypted: true, isPeerVerified: true };

const SCRIPTS: readonly Script[] = [
  { name: 'secret', security: 'secret', dialer: PLAIN, acceptor: PLAIN, refusal: Refusal.NONE },
  { name: 'secret under TLS', security: 'secret', dialer: VERIFIED, acceptor: ENCRYPTED, refusal: Refusal.NONE },
  { name: 'secret under TLS that proves nobody', security: 'secret', dialer: ENCRYPTED, acceptor: ENCRYPTED, refusal: Refusal.NONE },
  { name: 'certificate', security: 'certificate', dialer: VERIFIED, acceptor: VERIFIED, refusal: Refusal.NONE },
  { name: 'insecure', security: 'insecure', dialer: PLAIN, acceptor: PLAIN, refusal: Refusal.NONE },
  { name: 'refused after the proof', security: 'secret', dialer: PLAIN, acceptor: PLAIN, refusal: Refusal.NODE_ID_REUSED },
];

const SECRET = Buffer.from('a secret of the peers, of thirty-two bytes or more');
const fill = (from: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => from + i);

function description(nodeId: number): PeerDescription {
  const deployment = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';
  return {
    deployment,
    nodeId,
    incarnation: 1_700_000_000_000 + nodeId,
    volatile: false,
    processId: `process-${nodeId}`,
    address: `node-${nodeId}:7000`,
  };
}

function session(script: Script, role: 'dialer' | 'acceptor'): Session {
  const kind = script.security;
  const credentials = (kind === 'secret' ? { kind, secret: SECRET } : { kind }) as PeerCredentials;
  const nonce = fill(role === 'dialer' ? 1 : 101);
  return new Session({ role, credentials, nonce, ...script[role], describe: () => description(role === 'dialer' ? 1 : 2) });
}

/**
 * Both sides as today's code plays them. Where `released` has a packet, the other side is given that one: what a released build says must be
 * understood, whatever this build says itself.
 */
function play(script: Script, released: readonly string[] = []): Plain {
  const dialer = session(script, 'dialer');
  const acceptor = session(script, 'acceptor');
  const said: string[] = [];
  const pass = (packet: Uint8Array): Uint8Array => {
    said.push(hexOf(packet));
    return bytesOf(released[said.length - 1] ?? hexOf(packet));
  };
  const sent = (step: ReturnType<Session['receive']>): Uint8Array => {
    if (step.kind !== 'send') throw new Error(`the handshake '${script.name}' came to ${JSON.stringify(step)}`);
    return pass(step.packet);
  };
  const judged = acceptor.receive(sent(dialer.receive(sent(acceptor.receive(sent(dialer.begin()))))));
  if (judged.kind !== 'judge') throw new Error(`the handshake '${script.name}' came to ${JSON.stringify(judged)}`);
  const { packet, result } = acceptor.conclude(script.refusal, script.refusal === Refusal.NONE ? '' : 'another process has this id');
  const end = dialer.receive(pass(packet));
  const known = plain({ remote: judged.remote });
  if (end.kind === 'end') return plain({ said, known, refusal: end.refusal, text: end.text, isProven: end.isProven });
  if (end.kind !== 'open' || result === null) throw new Error(`the handshake '${script.name}' did not open`);
  return plain({ said, known, welcome: end.result.remote, sealed: sealed(end.result, result, said, pass) });
}

/** Two packets each way, or null: they travel as they are. */
function sealed(dialer: SessionResult, acceptor: SessionResult, said: readonly string[], pass: (packet: Uint8Array) => Uint8Array): Plain {
  if (dialer.sealing === null || acceptor.sealing === null) return null;
  const from = said.length;
  for (const [out, into] of [
    [dialer.sealing.out, acceptor.sealing.in],
    [acceptor.sealing.out, dialer.sealing.in],
  ] as const) {
    for (const body of [
      encodeCall({ callId: 1, method: 'node.hello', json: Uint8Array.from(Buffer.from('{}')) }, MAC_BYTES),
      encodeBare(PacketKind.PROBE, MAC_BYTES),
    ]) {
      out.seal(body);
      const opened = into.open(pass(body));
      if (opened === null || hexOf(opened) !== hexOf(body.subarray(0, -MAC_BYTES))) throw new Error('a sealed packet did not open');
    }
  }
  return said.slice(from);
}

export const family: Family = {
  name: 'handshakes',
  remedy:
    'Processes of both builds must know each other while a cluster is upgraded: keep proofs, keys and seals of this version of the protocol, and raise PACKET_VERSION_MAX for others (lib/transport/peer/seal.ts).',
  make: () => SCRIPTS.map((script) => ({ name: script.name, script: plain(script), value: play(script) })),
  check: (released: GoldenCase) => {
    const script = released['script'] as unknown as Script;
    const said = (released['value'] as { readonly said: readonly string[] }).said;
    let now: Plain;
    try {
      now = play(script, said);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
    const found = differenceOf(released['value']!, now);
    return found === null ? [] : [found];
  },
  labels: (released) => {
    const { security } = released['script'] as unknown as Script;
    const { sealed: packets } = released['value'] as { readonly sealed?: Plain };
    return [released.name, security, packets === undefined ? 'refused' : packets === null ? 'not sealed' : 'sealed'];
  },
  needed: () => ['secret', 'certificate', 'insecure', 'sealed', 'not sealed', 'refused', ...SCRIPTS.map(({ name }) => name)],
};
