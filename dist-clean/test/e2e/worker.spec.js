/** An application without an HTTP server: nothing but the engine holds its process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
describe('an application context without a server', () => {
    it('stays alive while its node runs, and ends by itself once closed', async () => {
        const { stdout } = await promisify(execFile)(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'test/support/worker-without-server.ts'], { timeout: 20_000, env: { ...process.env, NODE_OPTIONS: '' } });
        expect(stdout).toBe('rested\nclosed\n');
    });
});
//# sourceMappingURL=worker.spec.js.map