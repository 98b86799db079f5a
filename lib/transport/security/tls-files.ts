/**
 * Certificates and keys: read, checked against each other, and read again when the files change. Owns when it looks.
 *
 * F1. What is wrong is named: which option, which file, and how. Nothing is used that was not checked as a whole.
 * F2. Files are looked at every `lookEveryMs` (names, not handles: a link that is put elsewhere counts). A new set that is wrong, such as one of which only half
 *     is written yet, changes nothing; it is tried again at the next look, and said aloud when it stayed wrong for two.
 * F3. A certificate that is about to end is said aloud once a day.
 * Tests: tls-files.spec.ts.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RaftoralError } from '../../errors/index.js';
import type { TransportClock, TransportLogger, TransportTimer } from '../machine-port.js';
import { isSigned } from './certificate-chain.js';

/** As security.tls has them. */
export interface TlsFileNames {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly clientCa?: string;
  readonly serverName?: string;
}

/** PEM, as Node's TLS takes it. */
export interface TlsMaterial {
  /** The node's certificate, and those between it and the authority. */
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
  readonly clientCa: Buffer | null;
}

const FILE_BYTES_MAX = 1024 * 1024;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const LOOK_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
/** So long before its end a certificate is spoken of. */
const WARN_BEFORE_MS = 14 * DAY_MS;

/** Throws INVALID_CONFIGURATION that names the option and the file. */
export function loadTlsFiles(names: TlsFileNames, nowMs: number): TlsMaterial {
  const cert = read(names.cert, 'security.tls.cert');
  const key = read(names.key, 'security.tls.key');
  const ca = read(names.ca, 'security.tls.ca');
  const clientCa = names.clientCa === undefined ? null : read(names.clientCa, 'security.tls.clientCa');
  const certificates = certificatesOf(cert, names.cert, 'security.tls.cert');
  const authorities = certificatesOf(ca, names.ca, 'security.tls.ca');
  const clientAuthorities = clientCa === null ? [] : certificatesOf(clientCa, names.clientCa!, 'security.tls.clientCa');
  for (const authority of authorities) checkAuthority(authority, names.ca, 'security.tls.ca');
  for (const authority of clientAuthorities) checkAuthority(authority, names.clientCa!, 'security.tls.clientCa');
  const own = certificates[0]!;
  const privateKey = keyOf(key, names.key);
  if (!own.checkPrivateKey(privateKey))
    throw invalid(
      'security.tls.key',
      `the key in ${names.key} (security.tls.key) is not that of the certificate in ${names.cert} (security.tls.cert)`,
    );
  checkTime(own, nowMs, names.cert);
  if (!isIssued(own, certificates.slice(1), authorities))
    throw invalid(
      'security.tls.ca',
      `the certificate in ${names.cert} (security.tls.cert) was not issued by an authority in ${names.ca} (security.tls.ca); peers would refuse it`,
    );
  for (const client of clientAuthorities) checkApart(client, clientAuthorities, authorities);
  return { cert, key, ca, clientCa };
}

export interface TlsFilesOptions {
  readonly names: TlsFileNames;
  readonly clock: TransportClock;
  readonly logger: TransportLogger;
  readonly lookEveryMs?: number;
}

export class TlsFiles {
  private material: TlsMaterial;
  private readonly listeners = new Set<(material: TlsMaterial) => void>();
  private timer: TransportTimer | null = null;
  private isClosed = false;
  private looksWrong = 0;
  private warnedAtMs = -Infinity;

  /** Reads them; throws as loadTlsFiles() does. */
  constructor(private readonly options: TlsFilesOptions) {
    this.material = loadTlsFiles(options.names, options.clock.now());
    this.speakOfEnd();
    this.arm();
  }

  get current(): TlsMaterial {
    return this.material;
  }

  get serverName(): string | undefined {
    return this.options.names.serverName;
  }

  /** Called with each new set. Answers with what ends it. */
  onChanged(listener: (material: TlsMaterial) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.listeners.clear();
  }

  /** Looks now, whatever the time. */
  look(): void {
    const { names, clock, logger } = this.options;
    let found: TlsMaterial;
    try {
      found = loadTlsFiles(names, clock.now());
    } catch (error) {
      if (!(error instanceof RaftoralError)) throw error;
      if (++this.looksWrong === 2)
        logger.log('error', `the changed TLS files can not be used, the old ones stay in force: ${error.message}`);
      return;
    }
    this.looksWrong = 0;
    if (!isSameMaterial(found, this.material)) {
      this.material = found;
      this.warnedAtMs = -Infinity;
      logger.log('info', `the TLS files have changed: new connections use ${names.cert}`);
      for (const listener of this.listeners) listener(found);
    }
    this.speakOfEnd();
  }

  private arm(): void {
    if (this.isClosed) return;
    this.timer = this.options.clock.setTimer(
      this.options.lookEveryMs ?? LOOK_EVERY_MS,
      () => {
        this.look();
        this.arm();
      },
      { unref: true },
    );
  }

  private speakOfEnd(): void {
    const { names, clock, logger } = this.options;
    const nowMs = clock.now();
    const end = new X509Certificate(this.material.cert).validTo;
    if (Date.parse(end) - nowMs > WARN_BEFORE_MS || nowMs - this.warnedAtMs < DAY_MS) return;
    this.warnedAtMs = nowMs;
    logger.log('warn', `the certificate in ${names.cert} ends on ${end}; put a new one in its place, it is read while the node runs`);
  }
}

function read(file: string, option: string): Buffer {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= FILE_BYTES_MAX) return bytes;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RaftoralError('INVALID_CONFIGURATION', `${option} names the file ${file}, which can not be read: ${why}`, {
      cause,
      details: { option },
    });
  }
  throw invalid(option, `the file ${file} of ${option} has more than ${FILE_BYTES_MAX} bytes; it is no PEM file of certificates or a key`);
}

function certificatesOf(pem: Buffer, file: string, option: string): X509Certificate[] {
  const blocks = pem.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0) throw invalid(option, `the file ${file} of ${option} holds no certificate in PEM form (BEGIN CERTIFICATE)`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw invalid(option, `certificate ${index + 1} in ${file} (${option}) can not be read: it is damaged`);
    }
  });
}

function keyOf(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid('security.tls.key', `the file ${file} of security.tls.key holds no private key in PEM form without a passphrase: ${why}`);
  }
}

function checkAuthority(authority: X509Certificate, file: string, option: string): void {
  if (!authority.ca) throw invalid(option, `a certificate in ${file} (${option}) is not that of an authority (basic constraints: CA)`);
}

/** Neither issued the other: else a certificate of the one would be one of the other, too. */
function checkApart(client: X509Certificate, clients: readonly X509Certificate[], peers: readonly X509Certificate[]): void {
  const nameOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ');
  const refuse = (how: string, whose: string): RaftoralError =>
    invalid(
      'security.tls.clientCa',
      `security.tls.clientCa and security.tls.ca ${how}: ${whose}; use two that have nothing to do with each other`,
    );
  if (peers.some((peer) => peer.fingerprint256 === client.fingerprint256))
    throw refuse(`hold the same authority (${nameOf(client)})`, 'a client could pose as a peer');
  if (isIssued(client, clients, peers))
    throw refuse(`are not apart: an authority of peers issued that of clients (${nameOf(client)})`, 'a client could pose as a peer');
  const under = peers.find((peer) => isIssued(peer, peers, [client]));
  if (under !== undefined)
    throw refuse(`are not apart: an authority of clients issued that of peers (${nameOf(under)})`, 'a peer could pose as a client');
}

function checkTime(certificate: X509Certificate, nowMs: number, file: string): void {
  const { validFrom, validTo } = certificate;
  if (nowMs < Date.parse(validFrom))
    throw invalid('security.tls.cert', `the certificate in ${file} (security.tls.cert) is valid from ${validFrom} only`);
  if (nowMs > Date.parse(validTo)) throw invalid('security.tls.cert', `the certificate in ${file} (security.tls.cert) ended on ${validTo}`);
}

/** There is a chain of signatures from `own` to an authority, or it is one. */
function isIssued(own: X509Certificate, between: readonly X509Certificate[], authorities: readonly X509Certificate[]): boolean {
  let current = own;
  for (let step = 0; step <= between.length; step++) {
    const last = current;
    if (authorities.some((authority) => last.fingerprint256 === authority.fingerprint256 || isSigned(last, authority))) return true;
    const next = between.find((candidate) => candidate !== last && isSigned(last, candidate));
    if (next === undefined) return false;
    current = next;
  }
  return false;
}

function isSameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  const isSame = (x: Buffer | null, y: Buffer | null): boolean => (x === null || y === null ? x === y : x.equals(y));
  return isSame(a.cert, b.cert) && isSame(a.key, b.key) && isSame(a.ca, b.ca) && isSame(a.clientCa, b.clientCa);
}

function invalid(option: string, message: string): RaftoralError {
  return new RaftoralError('INVALID_CONFIGURATION', message, { details: { option } });
}
