/**
 * Errors of SQLite and of the file system as errors with a code, a file and a remedy. Pure.
 *
 * Q1. An error that has a code of ours already is passed on as it is.
 * Q2. What is not known is STORAGE_FAILED: it stops the node like all the others.
 * Tests: sqlite-error.spec.ts.
 */
import { dirname } from 'node:path';
import { RaftoralError, isRaftoralError, type RaftoralErrorCode } from '../../errors/index.js';

export interface FileContext {
  readonly file: string;
  /** What was being done, as in "could not <doing>". */
  readonly doing: string;
  readonly groupId?: number;
}

/** `details.reason` of a file whose first bytes are not those of SQLite: its header is damaged, or it never was ours. */
export const NOT_A_DATABASE = 'not a database';
/** `details.reason` of a file that has all of the engine's tables and another program's mark (SQLite's application id): its header is damaged. */
export const WRONG_MARK = 'wrong mark';

const CODES: Readonly<Record<string, RaftoralErrorCode>> = {
  SQLITE_FULL: 'STORAGE_FULL',
  ENOSPC: 'STORAGE_FULL',
  EDQUOT: 'STORAGE_FULL',
  SQLITE_READONLY: 'STORAGE_READ_ONLY',
  SQLITE_PERM: 'STORAGE_READ_ONLY',
  EACCES: 'STORAGE_READ_ONLY',
  EPERM: 'STORAGE_READ_ONLY',
  EROFS: 'STORAGE_READ_ONLY',
  SQLITE_BUSY: 'STORAGE_LOCKED',
  SQLITE_LOCKED: 'STORAGE_LOCKED',
  SQLITE_CORRUPT: 'STORAGE_DAMAGED',
  SQLITE_NOTADB: 'STORAGE_FORMAT',
};

const REMEDIES: Partial<Record<RaftoralErrorCode, (context: FileContext) => string>> = {
  STORAGE_FULL: ({ file }) => `the disk is full; make room on the file system of ${dirname(file)} and start the node again`,
  STORAGE_READ_ONLY: ({ file }) => `it can not be written; give the process write access to ${dirname(file)} and start the node again`,
  STORAGE_LOCKED: () => 'another process has it open; stop that one, or give this node a folder of its own',
  STORAGE_DAMAGED: () => 'it is damaged; keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)',
  STORAGE_FORMAT: () => 'it is not a database of this engine; give the node another folder',
  STORAGE_FAILED: () => 'the node can not go on; repair the disk and start the node again',
};

/** The error to reject with. */
export function storageError(cause: unknown, context: FileContext): RaftoralError {
  if (cause instanceof RaftoralError) return cause;
  const code = codeOf(cause);
  const where = context.groupId === undefined ? context.file : `${context.file}, group ${context.groupId}`;
  const why = cause instanceof Error ? cause.message : String(cause);
  const remedy = REMEDIES[code]!(context);
  return new RaftoralError(code, `${where}: could not ${context.doing}: ${remedy} (${why})`, {
    cause,
    details: {
      file: context.file,
      ...(context.groupId === undefined ? {} : { groupId: context.groupId }),
      ...(sqliteCode(cause) === 'SQLITE_NOTADB' ? { reason: NOT_A_DATABASE } : {}),
    },
  });
}

function codeOf(cause: unknown): RaftoralErrorCode {
  if (isRaftoralError(cause)) return cause.code;
  return CODES[sqliteCode(cause)] ?? 'STORAGE_FAILED';
}

/** TypeORM wraps the driver's error, and puts its code beside it too. */
function sqliteCode(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const { code, driverError } = cause as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string') return code.split('_').slice(0, 2).join('_');
  return driverError === undefined || driverError === cause ? '' : sqliteCode(driverError);
}
