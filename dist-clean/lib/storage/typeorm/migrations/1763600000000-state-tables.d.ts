/**
 * Format 1 of state.db: its tables and indexes. A released migration is never edited; a change is another one, with a new format version.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';
/** "RFTS": a state file of this engine, and not its log. */
export declare const STATE_APPLICATION_ID = 1380340819;
export declare const STATE_FORMAT = 1;
export declare class StateTables1763600000000 implements MigrationInterface {
    /** Under this name it stands in the file, whatever a bundler makes of the class. */
    readonly name = "StateTables1763600000000";
    up(runner: QueryRunner): Promise<void>;
    down(runner: QueryRunner): Promise<void>;
}
