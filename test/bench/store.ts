import type { RaftStorage } from '../../lib/storage/storage.js';

export async function openStore(path: string): Promise<RaftStorage> {
  const module = '../../lib/storage/typeorm/sqlite-storage.js';
  const { SqliteRaftStorage } = (await import(module)) as { SqliteRaftStorage: new (options: { path: string }) => RaftStorage };
  return new SqliteRaftStorage({ path });
}
