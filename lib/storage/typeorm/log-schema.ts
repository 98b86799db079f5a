/**
 * Tables and format of log.db. Owns: what the file is marked with, and its migrations, which TypeORM carries out.
 *
 *   log    id            INTEGER PRIMARY KEY, ascending in the order of writing: the newest row is always the rightmost of the tree, so that a flush
 *                        touches one page, however many groups it has rows of
 *          group_id, sequence, row, checksum   see ../log-row.ts
 *   meta   key, value (JSON), checksum         whose file it is, incarnation, last known membership, generation of the write-ahead log
 *
 * X1. A migration that was released is never edited: another layout is another migration, and another FORMAT.
 * X2. The mark and the format are set in the transaction that makes the tables: a file has both or neither.
 * Tests: sqlite-storage.spec.ts.
 */
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { quietDriver } from './typeorm-driver.js';

/** "RFTL": a file without it was not written by this engine. */
export const APPLICATION_ID = 0x5246544c;
export const LOG_FORMAT = 1;
export const LOG_TABLES: readonly string[] = ['log', 'meta'];
/** What TypeORM makes before it begins the first migration: a file that ended there is a new one. */
export const BARE_TABLES: readonly string[] = ['migrations', 'sqlite_sequence'];

class CreateLog1 implements MigrationInterface {
  /** TypeORM wants a name that ends with a time stamp; it only orders them. */
  readonly name = 'CreateLog1000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, sequence INTEGER NOT NULL, row BLOB NOT NULL, checksum INTEGER NOT NULL)',
    );
    await runner.query('CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, checksum INTEGER NOT NULL)');
    await runner.query(`PRAGMA application_id = ${APPLICATION_ID}`);
    await runner.query(`PRAGMA user_version = ${LOG_FORMAT}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE log');
    await runner.query('DROP TABLE meta');
    await runner.query('PRAGMA user_version = 0');
    await runner.query('PRAGMA application_id = 0');
  }
}

/** Brings the tables up to date. Nobody else has the file open, and nothing of it stays open. */
export async function migrateLog(file: string): Promise<void> {
  const source = new DataSource({ type: 'sqlite', driver: quietDriver, database: file, migrations: [CreateLog1] });
  await source.initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}
