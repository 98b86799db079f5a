import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';
export function openStore(path) {
    return new SqliteRaftStorage({ path });
}
//# sourceMappingURL=store.js.map