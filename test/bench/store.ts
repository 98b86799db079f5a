/** The storage of a node, by itself. */
import type { RaftStorage } from '../../lib/storage/storage.js';
import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';

export function openStore(path: string): RaftStorage {
  return new SqliteRaftStorage({ path });
}
