/**
 * state.db as TypeORM sees it: entities, migrations, queries. Owns how its DataSource is set up.
 *
 * D1. Only the migrations write through it; behind them it is query_only.
 * D2. It has one connection, on which concurrent transactions would collide: whoever uses it does one thing at a time (SerialQueue).
 * Tests: state-database.spec.ts.
 */
import { DataSource } from 'typeorm';
/** Brings the schema up to date. */
export declare function openStateDataSource(file: string): Promise<DataSource>;
