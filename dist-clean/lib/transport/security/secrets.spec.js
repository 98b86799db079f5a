import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRaftoralError } from '../../errors/index.js';
import { checkSecretsApart, readSecret } from './secrets.js';
function problemOf(act) {
    try {
        act();
    }
    catch (error) {
        if (isRaftoralError(error, 'INVALID_CONFIGURATION'))
            return error.message;
        throw error;
    }
    return '';
}
describe('secrets', () => {
    it('a text and a file give the same bytes, white space around them left out', () => {
        const folder = mkdtempSync(join(tmpdir(), 'raftoral-secret-'));
        try {
            const file = join(folder, 'secret');
            writeFileSync(file, '  sixteen bytes are\n');
            expect(Buffer.from(readSecret({ file }, 'security.peerSecret'))).toEqual(Buffer.from(readSecret('sixteen bytes are', 'x')));
            writeFileSync(file, Buffer.concat([Buffer.alloc(20, 0xe9), Buffer.from('\r\n')]));
            expect(readSecret({ file }, 'security.peerSecret')).toHaveLength(20);
            writeFileSync(file, 'short\n');
            const problem = problemOf(() => readSecret({ file }, 'security.peerSecret'));
            expect(problem).toContain(`the file ${file} of security.peerSecret has 5 bytes; at least 16 are needed`);
            expect(problem).not.toContain('short');
        }
        finally {
            rmSync(folder, { recursive: true });
        }
    });
    it('too short, too long and unreadable are refused, and the option is named, never the secret (Z1)', () => {
        expect(problemOf(() => readSecret('fifteen bytes !', 'security.clientSecret'))).toMatch(/^security\.clientSecret has 15 bytes; at least 16/);
        expect(problemOf(() => readSecret('fifteen bytes !', 'x'))).not.toContain('fifteen');
        expect(problemOf(() => readSecret('x'.repeat(70_000), 'x'))).toMatch(/at most 65536/);
        expect(problemOf(() => readSecret({ file: '/nowhere/secret' }, 'security.peerSecret'))).toMatch(/^security\.peerSecret names the file \/nowhere\/secret, which can not be read/);
        expect(problemOf(() => readSecret('                      ', 'x'))).toMatch(/has 0 bytes/);
    });
    it('peers and clients can not have the same secret', () => {
        const secret = Buffer.from('one secret for all of them');
        expect(problemOf(() => checkSecretsApart(secret, Buffer.from(secret)))).toMatch(/is the same as security\.peerSecret/);
        expect(problemOf(() => checkSecretsApart(secret, null))).toBe('');
        expect(problemOf(() => checkSecretsApart(null, secret))).toBe('');
        expect(problemOf(() => checkSecretsApart(secret, Buffer.from('another secret of clients')))).toBe('');
    });
});
//# sourceMappingURL=secrets.spec.js.map