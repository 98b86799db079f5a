/**
 * Whose file a state.db is, and whether it may be opened: read by a connection that can not write. Owns the row of `meta` and the format version.
 *
 * M1. Whatever is refused here is refused before anything of the file was changed (L9).
 * M2. An empty database is a file whose making was interrupted, or nobody's: it is made anew.
 * Tests: state-database.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { SqliteConnection } from './sqlite-connection.js';
import type { FileOwner } from './state-port.js';
import { GROUPS, META, groupOf, type StoredGroup } from './state-rows.js';
import { damaged } from './state-table.js';

export const STATE_FORMAT = 1;

const META_ID = 1;

/** null: the file is still to be made. Throws STORAGE_FORMAT, STORAGE_DAMAGED. */
export async function readOwner(connection: SqliteConnection, file: string): Promise<FileOwner | null> {
  const tables = (await connection.all(`SELECT "name" FROM "sqlite_master" WHERE "type" = 'table'`)).map(({ name }) => name);
  if (tables.length === 0) return null;
  if (!tables.includes(META.name)) throw formatError(file, 'it is not a state file of this engine; give the node another folder');
  const rows = await connection.all(`SELECT * FROM "meta"`);
  const [row] = rows;
  if (row === undefined) {
    const groups = Number(await connection.value('SELECT count(*) FROM "groups"'));
    if (groups === 0) return null;
    throw damaged({ file, groupId: null, table: META.name, row: '' }, 'its row is missing');
  }
  if (rows.length !== 1 || row['format'] !== STATE_FORMAT)
    throw formatError(
      file,
      `it has format ${String(row['format'])}, and this version of the engine writes ${STATE_FORMAT}; start the version that wrote it`,
    );
  const it = META.verified(row, file);
  return { deployment: it.text('deployment'), nodeId: it.number('node_id') };
}

/** Throws STORAGE_FOREIGN. */
export function expectOwner(file: string, found: FileOwner, expected: FileOwner): void {
  if (found.deployment === expected.deployment && found.nodeId === expected.nodeId) return;
  const name = ({ nodeId, deployment }: FileOwner): string => `node ${nodeId} of deployment ${deployment}`;
  throw new RaftoralError(
    'STORAGE_FOREIGN',
    `${file} belongs to ${name(found)}, and this is ${name(expected)}; give every node a folder of its own, and start it with the node id and deployment that its files name.`,
    { details: { file, found, expected } },
  );
}

export async function writeOwner(connection: SqliteConnection, owner: FileOwner): Promise<void> {
  await connection.run(META.insertSql(1), META.seal([META_ID, STATE_FORMAT, owner.deployment, owner.nodeId, null]));
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

function formatError(file: string, why: string): RaftoralError {
  return new RaftoralError('STORAGE_FORMAT', `${file}: ${why}.`, { details: { file } });
}
