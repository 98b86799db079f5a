/**
 * state.db as TypeORM sees it: entities, migrations, queries. Owns how its DataSource is set up.
 *
 * D1. Only the migrations write through it; behind them it is query_only.
 * D2. It has one connection, on which concurrent transactions would collide: whoever uses it does one thing at a time (SerialQueue).
 * Tests: state-database.spec.ts.
 */
import { DataSource } from 'typeorm';
import { STATE_ENTITIES } from './entities/state-entities.js';
import { StateTables1763600000000 } from './migrations/1763600000000-state-tables.js';
import { quietDriver } from './typeorm-driver.js';
/** Brings the schema up to date. */
export async function openStateDataSource(file) {
    const source = new DataSource({
        type: 'sqlite',
        database: file,
        driver: quietDriver,
        entities: STATE_ENTITIES,
        migrations: [StateTables1763600000000],
        synchronize: false,
        logging: false,
    });
    await source.initialize();
    try {
        await source.query('PRAGMA synchronous = FULL');
        await source.runMigrations({ transaction: 'all' });
        await source.query('PRAGMA query_only = ON');
    }
    catch (error) {
        await source.destroy();
        throw error;
    }
    return source;
}
//# sourceMappingURL=state-data-source.js.map