/**
 * Makes the client of either adapter from what the flags say: reads the secret and the PEM files, and signs or bears the secret as the connection allows.
 *
 * C1. The adapters are loaded when they are asked for: neither needs the other's packages.
 * C2. The secret leaves in clear only inside TLS; else each call is signed with it, which needs clocks that agree within a minute.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { ControlClient } from '../index.js';
import { clientAuthorization } from '../transport/security/client-auth.js';
import { readSecret } from '../transport/security/secrets.js';
import type { Connection, ConnectionTls } from './environment.js';
import { MACHINE_CLOCK, MACHINE_RANDOM } from './machine.js';
import { UsageError } from './usage-error.js';

interface TlsContents {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export async function connectTo({ transport, address, path, clientSecretFile, tls }: Connection): Promise<ControlClient> {
  const contents = tls === undefined ? undefined : readTls(tls);
  const authorize = clientSecretFile === undefined ? {} : { authorize: authorization(clientSecretFile, tls !== undefined) };
  const serverName = tls?.serverName === undefined ? {} : { serverName: tls.serverName };
  if (transport === 'grpc') {
    const { GrpcControlClient } = await import('../transport/grpc/grpc-control-client.js');
    return new GrpcControlClient({ address, ...authorize, ...serverName, ...(contents === undefined ? {} : { tls: contents }) });
  }
  const { HttpControlClient } = await import('../transport/http/http-control-client.js');
  const secured = contents === undefined ? {} : { tls: contents };
  return new HttpControlClient({ address, ...authorize, ...serverName, ...secured, ...(path === undefined ? {} : { path }) });
}

function authorization(file: string, isEncrypted: boolean): (target: string, body: Uint8Array) => string {
  const secret = readSecret({ file }, '--client-secret-file');
  const scheme = isEncrypted && secret.every(isHeaderByte) ? 'bearer' : 'hmac';
  return (target, body) => clientAuthorization({ secret, scheme, target, body, clock: MACHINE_CLOCK, random: MACHINE_RANDOM });
}

/** Visible ASCII. */
function isHeaderByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}

function readTls({ ca, cert, key }: ConnectionTls): TlsContents {
  const authority = ca === undefined ? Buffer.from(rootCertificates.join('\n')) : readPem(ca, '--tls-ca');
  try {
    // OpenSSL takes a file without any certificate for one of no authorities.
    new X509Certificate(authority);
  } catch {
    throw new UsageError(`--tls-ca: ${ca} holds no certificate in PEM form.`);
  }
  const own = cert === undefined ? {} : { cert: readPem(cert, '--tls-cert'), key: readPem(key!, '--tls-key') };
  try {
    createSecureContext({ ca: authority, ...own });
  } catch (error) {
    const flags = cert === undefined ? '--tls-ca' : '--tls-ca, --tls-cert, --tls-key';
    throw new UsageError(`${flags}: no TLS can be made of these files: ${(error as Error).message}`);
  }
  return { ca: authority, ...own };
}

function readPem(path: string, flag: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}
