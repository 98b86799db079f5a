/**
 * Makes the client of either adapter from what the flags say: reads the secret and the PEM files, and signs or bears the secret as the connection allows.
 *
 * C1. The adapters are loaded when they are asked for: neither needs the other's packages.
 * C2. The secret leaves in clear only inside TLS; else each call is signed with it, which needs clocks that agree within a minute.
 */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { clientAuthorization } from '../transport/security/client-auth.js';
import { readSecret } from '../transport/security/secrets.js';
import { MACHINE_CLOCK, MACHINE_RANDOM } from './machine.js';
import { UsageError } from './usage-error.js';
export async function connectTo({ transport, address, path, clientSecretFile, tls }) {
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
function authorization(file, isEncrypted) {
    const secret = readSecret({ file }, '--client-secret-file');
    const scheme = isEncrypted && secret.every(isHeaderByte) ? 'bearer' : 'hmac';
    return (target, body) => clientAuthorization({ secret, scheme, target, body, clock: MACHINE_CLOCK, random: MACHINE_RANDOM });
}
/** Visible ASCII. */
function isHeaderByte(byte) {
    return byte > 0x20 && byte < 0x7f;
}
function readTls({ ca, cert, key }) {
    return {
        ca: ca === undefined ? Buffer.from(rootCertificates.join('\n')) : readPem(ca, '--tls-ca'),
        ...(cert === undefined ? {} : { cert: readPem(cert, '--tls-cert'), key: readPem(key, '--tls-key') }),
    };
}
function readPem(path, flag) {
    try {
        return readFileSync(path);
    }
    catch (error) {
        throw new UsageError(`${flag}: ${error.message}`);
    }
}
//# sourceMappingURL=connect.js.map