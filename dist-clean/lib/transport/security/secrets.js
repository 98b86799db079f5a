/**
 * Secrets of peers and of clients, from the options. Owns their length, and that the two are not the same.
 *
 * Z1. A message names the option and the file, never the secret or a part of it.
 * Tests: secrets.spec.ts.
 */
import { readFileSync } from 'node:fs';
import { RaftoralError } from '../../errors/index.js';
import { isEqualSecret } from './equal.js';
export const SECRET_BYTES_MIN = 16;
const SECRET_BYTES_MAX = 64 * 1024;
const REMEDY = 'give 16 bytes or more that nobody can guess, for example the output of: openssl rand -base64 32';
/** The bytes of it, white space around them left out. Throws INVALID_CONFIGURATION that names `option`, such as 'security.peerSecret'. */
export function readSecret(secret, option) {
    const isFile = typeof secret !== 'string';
    const where = isFile ? `the file ${secret.file} of ${option}` : option;
    const bytes = isFile ? readSecretFile(secret.file, option) : Buffer.from(secret.trim(), 'utf8');
    if (bytes.length >= SECRET_BYTES_MIN && bytes.length <= SECRET_BYTES_MAX)
        return bytes;
    const problem = bytes.length < SECRET_BYTES_MIN ? `at least ${SECRET_BYTES_MIN} are needed` : `at most ${SECRET_BYTES_MAX} are taken`;
    throw invalid(option, `${where} has ${bytes.length} bytes; ${problem}: ${REMEDY}`);
}
/** Peers' credentials never open what is the clients', nor the other way round. Throws INVALID_CONFIGURATION. */
export function checkSecretsApart(peerSecret, clientSecret) {
    if (peerSecret === null || clientSecret === null || !isEqualSecret(peerSecret, clientSecret))
        return;
    throw invalid('security.clientSecret', 'security.clientSecret is the same as security.peerSecret: a client could pose as a peer; give two different ones');
}
function readSecretFile(file, option) {
    let bytes;
    try {
        bytes = readFileSync(file);
    }
    catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw invalid(option, `${option} names the file ${file}, which can not be read: ${why}`, cause);
    }
    return Buffer.from(bytes.toString('latin1').trim(), 'latin1');
}
function invalid(option, message, cause) {
    return new RaftoralError('INVALID_CONFIGURATION', message, { cause, details: { option } });
}
//# sourceMappingURL=secrets.js.map