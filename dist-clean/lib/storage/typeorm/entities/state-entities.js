/**
 * The tables of state.db as TypeORM entities. Owns names, types and order of their columns; the writer's statements, the rows' checksums and the
 * queries are made from them (state-table.ts).
 *
 * E1. `checksum` covers all other columns of its row, in the order that stands here: a released table is never changed, a new format version is made.
 * E2. Blobs stand last: what a filter looks at is on the row's first page.
 * E3. An open run stands in `workflows`, a closed one in `closed_workflows`, never in both. Both have the same columns.
 * E4. What keeps a flush cheap: rows are appended, and indexes on them grow at their end but for two (workflow id, run id of closed runs).
 * Tests: state-database.spec.ts (the migrations make exactly these tables).
 */
import { EntitySchema } from 'typeorm';
const key = { type: 'integer', primary: true };
const integer = { type: 'integer' };
/** Log times. */
const ms = { type: 'real' };
const text = { type: 'text' };
const bytes = { type: 'blob' };
const table = (name, options) => new EntitySchema({
    name,
    tableName: name,
    columns: options.columns,
    indices: Object.entries(options.indices ?? {}).map(([index, columns]) => ({ name: index, columns: [...columns] })),
    withoutRowid: options.withoutRowid ?? false,
});
/** One row: whose file it is. */
export const MetaEntity = table('meta', { columns: { id: key, deployment: text, node_id: integer, checksum: integer } });
/** One row a group, written last in every transaction: position, the group's own part, and how many rows belong to it. */
export const GroupEntity = table('groups', {
    columns: {
        group_id: key,
        position_index: integer,
        position_term: integer,
        /** JSON. */
        conf_state: text,
        requests_expired_ms: ms,
        swept_ms: ms,
        /** 1: the log may not have been reset to the position yet. */
        installing: integer,
        last_order: integer,
        open_rows: integer,
        request_rows: integer,
        closed_index_rows: integer,
        checksum: integer,
        part: bytes,
    },
});
const RUN_COLUMNS = {
    group_id: key,
    run_order: key,
    run_id: text,
    workflow_id: text,
    name: text,
    version: integer,
    status: text,
    owner: integer,
    started_ms: ms,
    closed_ms: ms,
    events: integer,
    /** How many rows of `timers` are its own. */
    timers: integer,
    checksum: integer,
    head: bytes,
};
export const WorkflowEntity = table('workflows', {
    columns: RUN_COLUMNS,
    indices: { workflows_by_start: ['group_id', 'started_ms', 'run_id'] },
});
export const ClosedWorkflowEntity = table('closed_workflows', {
    columns: RUN_COLUMNS,
    indices: {
        closed_by_workflow_id: ['group_id', 'workflow_id', 'run_order'],
        closed_by_run_id: ['group_id', 'run_id', 'run_order'],
        // A list that filters looks at the index alone for what it leaves out.
        closed_by_start: ['group_id', 'started_ms', 'run_id', 'closed_ms', 'name', 'version', 'status'],
        closed_by_closing: ['group_id', 'closed_ms', 'run_order'],
    },
});
export const HistoryEntity = table('history', {
    columns: { group_id: key, run_order: key, from_wseq: key, to_wseq: integer, checksum: integer, events: bytes },
});
export const TimerEntity = table('timers', {
    columns: {
        group_id: key,
        run_order: key,
        timer_id: key,
        due_ms: ms,
        purpose: text,
        key: text,
        occurrence: integer,
        checksum: integer,
    },
    withoutRowid: true,
});
export const RequestEntity = table('requests', {
    columns: { group_id: key, sequence: key, last_expiry_ms: ms, checksum: integer, answers: bytes },
    indices: { requests_by_expiry: ['group_id', 'last_expiry_ms', 'sequence'] },
});
export const ClosedIndexEntity = table('closed_index', {
    columns: { group_id: key, sequence: key, last_closed_ms: ms, checksum: integer, entries: bytes },
    indices: { closed_index_by_closing: ['group_id', 'last_closed_ms', 'sequence'] },
});
export const STATE_ENTITIES = [
    MetaEntity,
    GroupEntity,
    WorkflowEntity,
    ClosedWorkflowEntity,
    HistoryEntity,
    TimerEntity,
    RequestEntity,
    ClosedIndexEntity,
];
//# sourceMappingURL=state-entities.js.map