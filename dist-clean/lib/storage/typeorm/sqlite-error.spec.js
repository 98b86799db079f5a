import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../errors/index.js';
import { NOT_A_DATABASE, storageError } from './sqlite-error.js';
const context = { file: 'data/log.db', doing: 'write to the log' };
const driver = (code) => Object.assign(new Error(`${code}: as the driver says`), { code });
describe('storageError', () => {
    it.each([
        ['SQLITE_FULL', 'STORAGE_FULL'],
        ['ENOSPC', 'STORAGE_FULL'],
        ['SQLITE_READONLY', 'STORAGE_READ_ONLY'],
        ['SQLITE_READONLY_DIRECTORY', 'STORAGE_READ_ONLY'],
        ['EROFS', 'STORAGE_READ_ONLY'],
        ['EACCES', 'STORAGE_READ_ONLY'],
        ['SQLITE_BUSY', 'STORAGE_LOCKED'],
        ['SQLITE_LOCKED', 'STORAGE_LOCKED'],
        ['SQLITE_CORRUPT', 'STORAGE_DAMAGED'],
        ['SQLITE_NOTADB', 'STORAGE_FORMAT'],
        ['SQLITE_IOERR', 'STORAGE_FAILED'],
        ['SQLITE_IOERR_FSYNC', 'STORAGE_FAILED'],
        ['SQLITE_CANTOPEN', 'STORAGE_FAILED'],
        ['anything else', 'STORAGE_FAILED'],
    ])('%s is %s, with file, cause and remedy', (from, code) => {
        const cause = driver(from);
        const error = storageError(cause, { ...context, groupId: 3 });
        expect(error).toMatchObject({ code, cause, details: { file: 'data/log.db', groupId: 3 } });
        expect(error.message).toMatch(/^data\/log\.db, group 3: could not write to the log: .*as the driver says/);
    });
    it('finds the code inside the error that TypeORM wraps it in', () => {
        expect(storageError(Object.assign(new Error('wrapped'), { driverError: driver('SQLITE_FULL') }), context).code).toBe('STORAGE_FULL');
    });
    it('says of a file that is no database that it is none', () => {
        expect(storageError(driver('SQLITE_NOTADB'), context).details).toMatchObject({ reason: NOT_A_DATABASE });
    });
    it('passes on an error that has a code of ours', () => {
        const error = new RaftoralError('STORAGE_DAMAGED', 'row 7');
        expect(storageError(error, context)).toBe(error);
    });
});
//# sourceMappingURL=sqlite-error.spec.js.map