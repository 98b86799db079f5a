/**
 * Whose file a state.db is, and whether it may be opened: read by a connection that can not write. Owns the row of `meta`; mark and
 * format version are set by the migrations.
 *
 * M1. Whatever is refused here is refused before anything of the file was changed (L9).
 * M2. A database with nothing in it is a file whose making was interrupted: it is made anew.
 * Tests: state-database.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { BARE_TABLES } from './log-schema.js';
import { STATE_APPLICATION_ID, STATE_FORMAT } from './migrations/1763600000000-state-tables.js';
import type { FileOwner } from './state-port.js';
import { WRONG_MARK } from './sqlite-error.js';
import { CLOSED, GROUPS, HISTORY, META, WORKFLOWS, groupOf, type StoredGroup } from './state-rows.js';
import { damaged } from './state-table.js';

const META_ID = 1;

/** null: the file is still to be made. Throws STORAGE_FORMAT, STORAGE_DAMAGED. */
export async function readOwner(connection: SqliteConnection, file: string): Promise<FileOwner | null> {
  const mark = await connection.value('PRAGMA application_id');
  if (mark !== STATE_APPLICATION_ID) {
    const names = (await connection.all('SELECT "name" FROM "sqlite_master"')).map(({ name }) => String(name));
    if (mark !== 0 || names.some((name) => !BARE_TABLES.includes(name) && !name.startsWith('sqlite_autoindex')))
      throw notMarked(file, names);
    return null;
  }
  const format = await connection.value('PRAGMA user_version');
  if (format !== STATE_FORMAT)
    throw formatError(file, `it has format ${format}, and this engine reads ${STATE_FORMAT}; start the engine that wrote it`);
  const [row] = await connection.all(`SELECT ${META.columnList} FROM "meta"`);
  if (row === undefined) {
    // The tables are made first. Nothing else is written before the owner is.
    if ((await connection.value('SELECT count(*) FROM "groups"')) === 0) return null;
    throw damaged({ file, groupId: null, table: META.name, row: '' }, 'its row is missing');
  }
  const it = META.verified(row, file);
  return { deployment: it.text('deployment'), nodeId: it.number('node_id') };
}

export async function writeOwner(connection: SqliteConnection, owner: FileOwner): Promise<void> {
  await connection.run(META.insertSql(1), META.seal([META_ID, owner.deployment, owner.nodeId, null]));
}

/** The row of a group, verified; null: nothing is stored of it. */
export async function readGroup(connection: SqliteConnection, file: string, groupId: number): Promise<StoredGroup | null> {
  const [row] = await connection.all(`SELECT ${GROUPS.columnList} FROM "groups" WHERE "group_id" = ?`, [groupId]);
  return row === undefined ? null : groupOf(row, file);
}

/** The rows of all groups, verified. */
export async function readGroups(connection: SqliteConnection, file: string): Promise<StoredGroup[]> {
  return (await connection.all(`SELECT ${GROUPS.columnList} FROM "groups" ORDER BY "group_id"`)).map((row) => groupOf(row, file));
}

function notMarked(file: string, names: readonly string[]): RaftoralError {
  const hasTables = [META, GROUPS, WORKFLOWS, CLOSED, HISTORY].every(({ name }) => names.includes(name));
  if (!hasTables) return formatError(file, 'it is not a state file of this engine; give the node another folder');
  return formatError(
    file,
    'it has the tables of this engine and not its mark: its header is damaged; keep the files, and let the node rejoin empty under a new node id (rejoinEmpty)',
    WRONG_MARK,
  );
}

function formatError(file: string, why: string, reason?: string): RaftoralError {
  return new RaftoralError('STORAGE_FORMAT', `${file}: ${why}.`, { details: { file, ...(reason === undefined ? {} : { reason }) } });
}
