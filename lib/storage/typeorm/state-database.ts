/**
 * state.db: the state of all groups of a node, in rows (R32, R34). Owns the file's connections: the writer, TypeORM's, one that never writes, and one for
 * each snapshot that is being read.
 *
 * S1. Transactions follow each other in the order of the calls (F2); the first that fails poisons the store (F3, L7).
 * S2. A crash at any moment leaves the latest flush that was committed, whole.
 * S3. The WAL is checkpointed by the writer after a flush, never in it, and the result is looked at. At open it is copied and truncated whatever it holds.
 * S4. After a failure SQLite does not write at closing either: the connection that never writes is the last one.
 * S5. Reads take turns among themselves, writes too: of the threads that Node has for all of them, two.
 * Tests: state-database.spec.ts, state-recovery.spec.ts, the state half of the storage suite.
 */
import { stat } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { RaftoralError, invariant } from '../../errors/index.js';
import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../state-machine/rows.js';
import { checkOwner } from './file-owner.js';
import { GroupLoads, loadGroups } from './group-loads.js';
import { SqliteConnection } from './sqlite-connection.js';
import { storageError } from './sqlite-error.js';
import { openStateDataSource } from './state-data-source.js';
import { readGroup, readGroups, readOwner, writeOwner } from './state-owner.js';
import type { FileOwner, OpenedGroup, StateFile, StateFileOptions, StateGlance } from './state-port.js';
import { SerialQueue } from './state-queue.js';
import { StateReader } from './state-reader.js';
import type { StoredGroup } from './state-rows.js';
import { READER_BUSY_TIMEOUT_MS, StateSnapshot } from './state-snapshot.js';
import { ImageError, StateWriter } from './state-writer.js';

/** Pages of a flush that stay in memory until they are committed. */
const WRITER_CACHE_KIB = 8192;
/** A WAL that one large transaction made is not kept at that size. */
const WAL_BYTES_KEPT_MAX = 64 * 1024 * 1024;
const CHECKPOINT_BYTES = 1024 * 1024;
const NOTHING_READ: Omit<StateGlance, 'owner'> = { positions: null, damagedGroups: [] };

interface Connections {
  /** Never writes, and is the last one after a failure (S4). Groups are loaded over it. */
  readonly guard: SqliteConnection;
  readonly writer: SqliteConnection;
  readonly dataSource: DataSource;
}

export class StateDatabase implements StateFile {
  private connections: Connections | null = null;
  private writer: StateWriter | null = null;
  private readonly writes = new SerialQueue();
  private readonly reads = new SerialQueue();
  private readonly loads: GroupLoads;
  private readonly snapshots = new Set<StateSnapshot>();
  private readonly lastOrders = new Map<number, number>();
  private readonly file: string;

  constructor(private readonly options: StateFileOptions) {
    this.file = options.file;
    this.loads = new GroupLoads({
      many: (take) =>
        this.reads.run(() => {
          options.failure.check();
          return loadGroups(this.opened().guard, this.file, take());
        }),
      one: (groupId) => this.read(groupId, 'load the state', () => StateSnapshot.load(this.opened().guard, this.file, groupId)),
    });
  }

  async open(owner: FileOwner): Promise<ReadonlyMap<number, OpenedGroup>> {
    invariant(this.connections === null, () => `${this.file} is opened twice`);
    try {
      const groups = await this.verify(owner);
      this.connections = await connect(this.file, groups === null ? owner : null);
      this.writer = new StateWriter(this.connections.writer);
      for (const { groupId, lastOrder } of groups ?? []) this.lastOrders.set(groupId, lastOrder);
      return new Map((groups ?? []).map(({ groupId, position, installing }) => [groupId, { position, installing }]));
    } catch (error) {
      throw storageError(error, { file: this.file, doing: 'open it' });
    }
  }

  async glance(): Promise<StateGlance | null> {
    const size = await sizeOf(this.file);
    if (size === null) return null;
    // SQLite deletes the WAL of a file without a byte, even when it only reads.
    if (size === 0) return { owner: null, ...NOTHING_READ };
    return unlessDamaged(
      () =>
        readOnly(this.file, async (connection) => ({
          owner: await unlessDamaged(() => readOwner(connection, this.file), null),
          ...(await unlessDamaged(() => glancePositions(connection, this.file), NOTHING_READ)),
        })),
      { owner: null, ...NOTHING_READ },
    );
  }

  load(groupId: number): Promise<StoredState | null> {
    return this.loads.load(groupId);
  }

  source(groupId: number): StateSource {
    const { file, options, reads } = this;
    return new StateReader({ file, groupId, failure: options.failure, queue: reads, dataSource: () => this.opened().dataSource });
  }

  flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void> {
    return this.write(groupId, 'flush the state', async (writer) => {
      const { lastOrder } = await writer.flush(this.lastOrders.get(groupId) ?? 0, groupId, position, cut);
      this.lastOrders.set(groupId, lastOrder);
      cut.done();
    });
  }

  async replace(groupId: number, position: StatePosition, image: StateImage): Promise<void> {
    try {
      await this.write(groupId, 'replace the state', async (writer) => {
        const { lastOrder } = await writer.replace(groupId, position, image);
        this.lastOrders.set(groupId, lastOrder);
      });
    } finally {
      await image.close();
    }
  }

  confirmInstalled(groupId: number): Promise<void> {
    return this.write(groupId, 'confirm the installed state', (writer) => writer.confirmInstalled(groupId, this.file));
  }

  async destroy(groupId: number): Promise<void> {
    for (let isDone = false; !isDone;)
      await this.write(groupId, 'destroy the group', async (writer) => {
        isDone = await writer.destroySome(groupId);
      });
    this.lastOrders.delete(groupId);
  }

  async image(groupId: number): Promise<StateImage> {
    const doing = 'read the state';
    return this.read(groupId, doing, async () => {
      const snapshot = await StateSnapshot.open(this.file, groupId);
      if (snapshot === null) throw new RaftoralError('STORAGE_FAILED', `${this.file}: nothing is stored of group ${groupId} yet.`);
      this.snapshots.add(snapshot);
      const close = async (): Promise<void> => {
        this.snapshots.delete(snapshot);
        await snapshot.close();
      };
      try {
        const reading = (image: StateImage): StateImage => {
          const { position, group, runCount, bytesAbout } = image;
          const next = (): ReturnType<StateImage['next']> => this.read(groupId, doing, () => image.next());
          return { position, group, runCount, bytesAbout, next, again: () => reading(image.again()), close };
        };
        return reading(await snapshot.image());
      } catch (error) {
        await close();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.writes.idle();
    await this.reads.idle();
    for (const snapshot of this.snapshots) await snapshot.close();
    this.snapshots.clear();
    const { connections, writer } = this;
    if (connections === null) return;
    this.connections = null;
    this.writer = null;
    try {
      await writer?.close();
      await disconnect(connections, this.options.failure.error === null);
    } catch (error) {
      throw storageError(error, { file: this.file, doing: 'close it' });
    }
  }

  /** What stands in the file, looked at without changing anything. null: there is nothing yet. */
  private async verify(owner: FileOwner): Promise<StoredGroup[] | null> {
    const size = await sizeOf(this.file);
    if (size === null || size === 0) return null;
    return readOnly(this.file, async (connection) => {
      const found = await readOwner(connection, this.file);
      if (found === null) return null;
      checkOwner(this.file, found, owner);
      return readGroups(connection, this.file);
    });
  }

  private write(groupId: number, doing: string, work: (writer: StateWriter) => Promise<void>): Promise<void> {
    return this.writes.run(async () => {
      this.options.failure.check();
      this.opened();
      const writer = this.writer!;
      try {
        await work(writer);
      } catch (error) {
        if (error instanceof ImageError) throw error.cause;
        throw this.options.failure.set(storageError(error, { file: this.file, groupId, doing }));
      }
      if (writer.bytesSinceCheckpoint >= CHECKPOINT_BYTES) void this.checkpoint(writer);
    });
  }

  /** Behind the flush that asked for it, whose caller does not wait for it; the next one does. */
  private checkpoint(writer: StateWriter): Promise<void> {
    return this.writes.run(async () => {
      if (this.options.failure.error !== null) return;
      try {
        await writer.checkpoint();
      } catch (error) {
        this.options.failure.set(storageError(error, { file: this.file, doing: 'checkpoint it' }));
      }
    });
  }

  private read<T>(groupId: number, doing: string, work: () => Promise<T>): Promise<T> {
    return this.reads.run(async () => {
      this.options.failure.check();
      this.opened();
      try {
        return await work();
      } catch (error) {
        throw storageError(error, { file: this.file, groupId, doing });
      }
    });
  }

  private opened(): Connections {
    if (this.connections === null) throw new RaftoralError('STORAGE_FAILED', `${this.file} is not open; the node has stopped.`);
    return this.connections;
  }
}

/** @param newOwner of a file that is still to be made. */
async function connect(file: string, newOwner: FileOwner | null): Promise<Connections> {
  const writer = await SqliteConnection.open(file);
  try {
    await writer.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -${WRITER_CACHE_KIB};
       PRAGMA journal_size_limit = ${WAL_BYTES_KEPT_MAX}`,
    );
    const dataSource = await openStateDataSource(file);
    try {
      await writer.exec('BEGIN IMMEDIATE');
      if (newOwner !== null) await writeOwner(writer, newOwner);
      await writer.exec('COMMIT');
      const busy = await writer.value('PRAGMA wal_checkpoint(TRUNCATE)');
      if (busy !== 0)
        throw new RaftoralError(
          'STORAGE_LOCKED',
          `${file}: another process reads it; stop that one, or give this node a folder of its own.`,
        );
      return { writer, dataSource, guard: await guardOf(file) };
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function guardOf(file: string): Promise<SqliteConnection> {
  const guard = await SqliteConnection.open(file, { isReadOnly: true });
  await guard.exec(`PRAGMA busy_timeout = ${READER_BUSY_TIMEOUT_MS}`);
  // SQLite counts a connection from its first look at the file.
  await guard.value('SELECT count(*) FROM "meta"');
  return guard;
}

async function disconnect({ guard, writer, dataSource }: Connections, isHealthy: boolean): Promise<void> {
  if (isHealthy) await guard.close();
  if (isHealthy) await dataSource.destroy();
  await writer.close();
  if (!isHealthy) await dataSource.destroy();
  if (!isHealthy) await guard.close();
}

async function readOnly<T>(file: string, work: (connection: SqliteConnection) => Promise<T>): Promise<T> {
  const connection = await SqliteConnection.open(file, { isReadOnly: true });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function glancePositions(connection: SqliteConnection, file: string): Promise<Omit<StateGlance, 'owner'>> {
  const positions = new Map<number, StatePosition>();
  const damagedGroups: number[] = [];
  const ids = await connection.all('SELECT "group_id" FROM "groups"');
  for (const { group_id: groupId } of ids) {
    const group = await unlessDamaged(() => readGroup(connection, file, Number(groupId)), null);
    if (group === null) damagedGroups.push(Number(groupId));
    else positions.set(group.groupId, group.position);
  }
  return { positions: positions.size === 0 && ids.length > 0 ? null : positions, damagedGroups };
}

/** For a glance only: whatever can not be read counts as absent, and is not touched. */
async function unlessDamaged<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read();
  } catch {
    return otherwise;
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
