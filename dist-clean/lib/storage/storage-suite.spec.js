import { afterAll, describe, it } from '@jest/globals';
import { StateFolders } from '../../test/support/state-folder.js';
import { StorageFolders } from '../../test/support/storage-folder.js';
import { storageSuite } from '../testing/storage-suite.js';
import { MemoryRaftStorage } from './memory.js';
async function inMemory() {
    const storage = new MemoryRaftStorage();
    const { incarnation } = await storage.open({ deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', nodeId: 1, incarnation: 1 });
    const never = () => Promise.reject(new Error('memory does not last'));
    return { storage, incarnation, reopen: never, crashCopy: never, dispose: () => storage.close() };
}
describe('storage in memory', () => {
    for (const { name, run } of storageSuite({ create: inMemory, isLasting: false }))
        it(name, run);
});
describe('storage in sqlite', () => {
    const folders = new StorageFolders();
    const states = new StateFolders();
    afterAll(async () => {
        await states.dispose();
        await folders.dispose();
    });
    const harness = { create: () => folders.create(), isLasting: true, states: { create: () => states.create() } };
    for (const { name, run } of storageSuite(harness))
        it(name, run);
});
//# sourceMappingURL=storage-suite.spec.js.map