import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryNodeNotes } from '../node-notes.js';
import { FileNodeNotes } from './file-notes.js';
let folder;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'raftoral-notes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
describe.each([
    ['files', () => new FileNodeNotes(join(folder, 'made', 'for', 'it'))],
    ['memory', () => new MemoryNodeNotes()],
])('notes in %s', (_, make) => {
    it('what was written is read, replaced, and gone once removed', async () => {
        const notes = make();
        expect(await notes.read('left')).toBeNull();
        await notes.write('left', { nodeId: 3 });
        await notes.write('left', { nodeId: 4, list: [1, 'b'] });
        expect(await notes.read('left')).toEqual({ nodeId: 4, list: [1, 'b'] });
        expect(await notes.read('peers')).toBeNull();
        await notes.remove('left');
        await notes.remove('left');
        expect(await notes.read('left')).toBeNull();
    });
    it('Z2: writes at once take effect in their order', async () => {
        const notes = make();
        await Promise.all([1, 2, 3, 4, 5].map((value) => notes.write('vote', { value })));
        expect(await notes.read('vote')).toEqual({ value: 5 });
    });
});
it('Z1: no half file is left beside it', async () => {
    await new FileNodeNotes(folder).write('peers', { nodes: [] });
    expect(readdirSync(folder)).toEqual(['peers.json']);
    expect(readFileSync(join(folder, 'peers.json'), 'utf8')).toBe('{"nodes":[]}\n');
});
it('T2: what can not be read is named', async () => {
    const notes = new FileNodeNotes(folder);
    for (const text of ['', '{"half":', '[1]', '7']) {
        writeFileSync(join(folder, 'bootstrap.json'), text);
        await expect(notes.read('bootstrap')).rejects.toMatchObject({
            code: 'STORAGE_DAMAGED',
            message: expect.stringContaining('bootstrap.json'),
        });
    }
});
it('a folder that can not be made or written is a typed error', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(new FileNodeNotes(join(folder, 'file')).write('left', {})).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(existsSync(join(folder, 'file'))).toBe(true);
});
//# sourceMappingURL=file-notes.spec.js.map