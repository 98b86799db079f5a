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
/** A row by the names of its columns. */
export type StateRecord = Record<string, unknown>;
/** One row: whose file it is. */
export declare const MetaEntity: EntitySchema<StateRecord>;
/** One row a group, written last in every transaction: position, the group's own part, and how many rows belong to it. */
export declare const GroupEntity: EntitySchema<StateRecord>;
export declare const WorkflowEntity: EntitySchema<StateRecord>;
export declare const ClosedWorkflowEntity: EntitySchema<StateRecord>;
export declare const HistoryEntity: EntitySchema<StateRecord>;
export declare const TimerEntity: EntitySchema<StateRecord>;
export declare const RequestEntity: EntitySchema<StateRecord>;
export declare const ClosedIndexEntity: EntitySchema<StateRecord>;
export declare const STATE_ENTITIES: EntitySchema<StateRecord>[];
