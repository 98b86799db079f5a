/** What is loaded, and what is said when it is not there. */
import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../../errors/index.js';
import { loadServerModules } from './modules.js';
describe('the packages of the gRPC adapter', () => {
    it('M1: without @nestjs/microservices a server is INVALID_CONFIGURATION that says what to install', async () => {
        const missing = Object.assign(new Error("Cannot find package '@nestjs/microservices'"), { code: 'ERR_MODULE_NOT_FOUND' });
        const error = await loadServerModules(false, () => Promise.reject(missing)).catch((reason) => reason);
        expect(isRaftoralError(error, 'INVALID_CONFIGURATION')).toBe(true);
        expect(error).toMatchObject({ message: expect.stringContaining('npm install @nestjs/microservices'), cause: missing });
    });
    it('reflection is loaded only where it is switched on', async () => {
        expect((await loadServerModules(false)).reflection).toBeNull();
        expect((await loadServerModules(true)).reflection).not.toBeNull();
    });
});
//# sourceMappingURL=modules.spec.js.map