/**
 * Credentials of clients of the control API, both sides: `Authorization: Bearer …` and `Authorization: Raftoral-HMAC …`. Owns the format, the replay window,
 * and who is let in.
 *
 *   Raftoral-HMAC ts=<ms since the epoch>,nonce=<32 hex digits>,mac=<64 hex digits>
 *   mac = HMAC-SHA-256(HKDF-SHA-256(secret, info = "raftoral client 1"), "raftoral client 1" LF target LF ts LF nonce LF hex(SHA-256(body)))
 *   target: HTTP `POST /path?query` as sent · gRPC `/package.Service/Method`
 *
 * U1. Bearer is the secret itself: it is taken only where nobody can listen (encrypted, or loopback). The signed form is taken everywhere.
 * U2. A signed call is taken once: its nonce is remembered for as long as its time stamp is taken (window), and what was signed before this process began is
 *     not taken, because its nonces are forgotten. Only calls with a right MAC take room; when it is full, calls are refused rather than forgotten.
 * U3. Without clientSecret and client certificates nobody is let in, unless `insecure` is set. A peer's secret or certificate opens nothing here.
 * U4. The answer to wrong credentials does not say what was wrong with a MAC or secret, and takes the same time; a stale clock is said, it is no secret.
 * U5. What is not covered: the answer, and a replay at another node of the same deployment within the window. A write with a requestId has one effect wherever
 *     it arrives, and leave names the node that it is for; a change of the membership or of the leadership could be asked for a second time. Over TLS nobody
 *     can listen, and so nothing is replayed.
 * Source: RFC 9110 §11 (Authorization), RFC 6750 (Bearer), RFC 2104, RFC 5869; the shape follows RFC 9421's signature base. Tests: client-auth.spec.ts.
 */
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { RaftoralError } from '../../errors/index.js';
import type { TransportClock, TransportRandom } from '../machine-port.js';
import { isEqualSecret } from './equal.js';

export const CLIENT_SCHEME = 'Raftoral-HMAC';

const LABEL = 'raftoral client 1';
const WINDOW_MS = 60_000;
const NONCES_MAX = 100_000;
const HEADER_CHARACTERS_MAX = 8192;
const SIGNED = /^ts=(\d{1,15}),nonce=([0-9a-f]{32}),mac=([0-9a-f]{64})$/;
/** What a header takes as it is (RFC 6750 §2.1, b64token, and the rest of visible ASCII). */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

export interface ClientAuthenticatorOptions {
  readonly secret: Uint8Array | null;
  /** Client certificates are asked for, and open the door. */
  readonly acceptsCertificates: boolean;
  /** Nothing is asked for where neither secret nor certificates are configured. */
  readonly insecure: boolean;
  readonly clock: TransportClock;
  /** How far a client's clock may be off, either way, ms. Default 60,000. */
  readonly windowMs?: number;
  /** Signed calls within the window that can be remembered. Default 100,000. */
  readonly noncesMax?: number;
}

export interface ClientRequestHead {
  /** The header, or the metadata of that name. */
  readonly authorization: string | undefined;
  readonly target: string;
  readonly isEncrypted: boolean;
  /** Both ends of the connection are on this machine. */
  readonly isLoopback: boolean;
  /** TLS verified a certificate of the clients' authority. */
  readonly hasClientCertificate: boolean;
}

export interface ClientRequest extends ClientRequestHead {
  readonly body: Uint8Array;
}

/** A call whose head is in order, and whose body is signed: it is let in once that fits. */
export interface SignedRequest {
  /** Throws UNAUTHENTICATED or OVERLOADED. */
  verify(body: Uint8Array): void;
}

interface Generation {
  readonly nonces: Set<string>;
  /** Latest stamp in it. */
  newestMs: number;
}

export class ClientAuthenticator {
  private readonly secret: Uint8Array | null;
  private readonly key: KeyObject | null;
  private readonly windowMs: number;
  private readonly noncesMax: number;
  /** Two generations, each as long as a time stamp can be taken: a nonce is in one of them for as long as it matters. */
  private current: Generation = { nonces: new Set(), newestMs: 0 };
  private older: Generation = { nonces: new Set(), newestMs: 0 };
  private turnedMs: number;
  /** Nonces of stamps up to here may be forgotten: none of them is taken, whatever the wall clock says meanwhile. */
  private forgottenMs: number;

  constructor(private readonly options: ClientAuthenticatorOptions) {
    this.secret = options.secret;
    this.key = options.secret === null ? null : clientKey(options.secret);
    this.windowMs = options.windowMs ?? WINDOW_MS;
    this.noncesMax = options.noncesMax ?? NONCES_MAX;
    this.forgottenMs = options.clock.now() - 1;
    this.turnedMs = options.clock.monotonic();
  }

  /** Everybody is let in. */
  get asksNobody(): boolean {
    const { acceptsCertificates, insecure } = this.options;
    return this.secret === null && !acceptsCertificates && insecure;
  }

  /** Throws UNAUTHENTICATED or OVERLOADED. */
  check(request: ClientRequest): void {
    this.checkHead(request)?.verify(request.body);
  }

  /** Before the body is read: null lets it in; else the body decides. Throws UNAUTHENTICATED. */
  checkHead(request: ClientRequestHead): SignedRequest | null {
    const { authorization } = request;
    if (request.hasClientCertificate && this.options.acceptsCertificates) return null;
    if (this.secret === null) {
      if (this.asksNobody) return null;
      throw refused(
        this.options.acceptsCertificates
          ? 'the call bears no certificate of the clients’ authority (security.tls.clientCa)'
          : 'the control API of this node is closed; open it with security.clientSecret or security.tls.clientCa',
      );
    }
    if (authorization === undefined || authorization === '') throw refused('the call bears no credentials; give the secret of the clients');
    if (authorization.length > HEADER_CHARACTERS_MAX) throw refused('the credentials of the call are longer than any that are taken');
    const space = authorization.indexOf(' ');
    const scheme = authorization.slice(0, Math.max(0, space)).toLowerCase();
    const rest = withoutSpaces(authorization.slice(space + 1));
    if (scheme === 'bearer') {
      this.checkBearer(rest, request);
      return null;
    }
    if (scheme === CLIENT_SCHEME.toLowerCase()) return this.signed(rest, request.target);
    throw refused(`the credentials of the call are neither Bearer nor ${CLIENT_SCHEME}`);
  }

  private checkBearer(token: string, { isEncrypted, isLoopback }: ClientRequestHead): void {
    if (!isEncrypted && !isLoopback)
      throw refused(`a Bearer secret is taken over TLS or on the loopback interface only; sign the call (${CLIENT_SCHEME}) instead`);
    if (!isEqualSecret(Buffer.from(token, 'utf8'), this.secret!)) throw refused('the secret of the call is not that of the clients');
  }

  private signed(text: string, target: string): SignedRequest {
    const match = SIGNED.exec(text);
    if (match === null) throw refused(`the ${CLIENT_SCHEME} credentials are not ts=…,nonce=…,mac=…`);
    const [, timeText, nonce, mac] = match as unknown as [string, string, string, string];
    return { verify: (body) => this.verify({ timeText, nonce, mac, target, body }) };
  }

  private verify(call: { timeText: string; nonce: string; mac: string; target: string; body: Uint8Array }): void {
    const { timeText, nonce, mac, target, body } = call;
    const expected = macOf(this.key!, { target, timeText, nonce, body });
    if (!isEqualSecret(Buffer.from(mac, 'latin1'), Buffer.from(expected, 'latin1')))
      throw refused('the MAC of the call does not fit: another secret, or the call was altered on its way');
    this.turn();
    const nowMs = this.options.clock.now();
    const offMs = Number(timeText) - nowMs;
    if (Math.abs(offMs) > this.windowMs)
      throw refused(
        `the clock of the client is ${Math.round(offMs / 1000)} s from this node's; at most ${this.windowMs / 1000} s are taken`,
      );
    if (Number(timeText) <= this.forgottenMs)
      throw refused('the call was signed before this node started, or before its clock was set back; sign it again');
    this.remember(nonce, Number(timeText));
  }

  private remember(nonce: string, stampMs: number): void {
    const { current, older, noncesMax } = this;
    if (current.nonces.has(nonce) || older.nonces.has(nonce)) throw refused('the call was sent before: each signature is taken once');
    if (current.nonces.size + older.nonces.size >= noncesMax)
      throw new RaftoralError('OVERLOADED', `more than ${noncesMax} signed calls came within ${(2 * this.windowMs) / 1000} s; slow down`);
    current.nonces.add(nonce);
    current.newestMs = Math.max(current.newestMs, stampMs);
  }

  /** A stamp is taken for at most twice the window, from `window` ahead of this clock to `window` behind it: then its generation may go. */
  private turn(): void {
    const nowMs = this.options.clock.monotonic();
    const passedMs = nowMs - this.turnedMs;
    if (passedMs < 2 * this.windowMs) return;
    this.forget(this.older);
    if (passedMs < 4 * this.windowMs) this.older = this.current;
    else {
      this.forget(this.current);
      this.older = { nonces: new Set(), newestMs: 0 };
    }
    this.current = { nonces: new Set(), newestMs: 0 };
    this.turnedMs = nowMs;
  }

  private forget(generation: Generation): void {
    this.forgottenMs = Math.max(this.forgottenMs, generation.newestMs);
  }
}

export interface ClientAuthorizationOptions {
  readonly secret: Uint8Array;
  /** 'bearer' only over TLS or on the loopback interface: it is the secret itself. */
  readonly scheme: 'bearer' | 'hmac';
  readonly target: string;
  readonly body: Uint8Array;
  readonly clock: TransportClock;
  readonly random: TransportRandom;
}

/** The value of the header, or metadata, `authorization`. Throws INVALID_CONFIGURATION for a Bearer secret that no header can hold. */
export function clientAuthorization(options: ClientAuthorizationOptions): string {
  if (options.scheme === 'bearer') {
    const text = Buffer.from(options.secret).toString('latin1');
    if (HEADER_TEXT.test(text)) return `Bearer ${text}`;
    throw new RaftoralError(
      'INVALID_CONFIGURATION',
      'the secret of the clients has characters that no header can hold; sign the calls, or give one of visible ASCII',
    );
  }
  const timeText = String(options.clock.now());
  const nonce = options.random.uuid().replaceAll('-', '');
  const mac = macOf(clientKey(options.secret), { target: options.target, timeText, nonce, body: options.body });
  return `${CLIENT_SCHEME} ts=${timeText},nonce=${nonce},mac=${mac}`;
}

function clientKey(secret: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), LABEL, 32)));
}

/** None of the parts before the digest can hold a line feed: see SIGNED, and `target` is checked here. */
function macOf(
  key: KeyObject,
  call: { readonly target: string; readonly timeText: string; readonly nonce: string; readonly body: Uint8Array },
): string {
  if (call.target.includes('\n')) throw refused('the target of the call holds a line feed');
  const digest = createHash('sha256').update(call.body).digest('hex');
  return createHmac('sha256', key).update([LABEL, call.target, call.timeText, call.nonce, digest].join('\n')).digest('hex');
}

/** Of white space only what RFC 9110 §11.4 and §5.5 allow around credentials: trim() would also take form feeds, no-break spaces and the like. */
function withoutSpaces(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from] === ' ') from++;
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to--;
  return text.slice(from, to);
}

function refused(message: string): RaftoralError {
  return new RaftoralError('UNAUTHENTICATED', message);
}
