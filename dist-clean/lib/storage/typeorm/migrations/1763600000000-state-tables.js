/** "RFTS": a state file of this engine, and not its log. */
export const STATE_APPLICATION_ID = 0x52465453;
export const STATE_FORMAT = 1;
const RUN_COLUMNS = `"group_id" integer NOT NULL, "run_order" integer NOT NULL, "run_id" text NOT NULL, "workflow_id" text NOT NULL, "name" text NOT NULL,
  "version" integer NOT NULL, "status" text NOT NULL, "owner" integer NOT NULL, "started_ms" real NOT NULL, "closed_ms" real NOT NULL,
  "events" integer NOT NULL, "timers" integer NOT NULL, "checksum" integer NOT NULL, "head" blob NOT NULL, PRIMARY KEY ("group_id", "run_order")`;
const STATEMENTS = [
    `CREATE TABLE "meta" ("id" integer PRIMARY KEY NOT NULL, "deployment" text NOT NULL, "node_id" integer NOT NULL,
    "checksum" integer NOT NULL)`,
    `CREATE TABLE "groups" ("group_id" integer PRIMARY KEY NOT NULL, "position_index" integer NOT NULL, "position_term" integer NOT NULL,
    "conf_state" text NOT NULL, "requests_expired_ms" real NOT NULL, "swept_ms" real NOT NULL, "installing" integer NOT NULL,
    "last_order" integer NOT NULL, "open_rows" integer NOT NULL, "request_rows" integer NOT NULL, "closed_index_rows" integer NOT NULL,
    "checksum" integer NOT NULL, "part" blob NOT NULL)`,
    `CREATE TABLE "workflows" (${RUN_COLUMNS})`,
    `CREATE INDEX "workflows_by_start" ON "workflows" ("group_id", "started_ms", "run_id")`,
    `CREATE TABLE "closed_workflows" (${RUN_COLUMNS})`,
    `CREATE INDEX "closed_by_workflow_id" ON "closed_workflows" ("group_id", "workflow_id", "run_order")`,
    `CREATE INDEX "closed_by_run_id" ON "closed_workflows" ("group_id", "run_id", "run_order")`,
    `CREATE INDEX "closed_by_start" ON "closed_workflows" ("group_id", "started_ms", "run_id", "closed_ms", "name", "version", "status")`,
    `CREATE INDEX "closed_by_closing" ON "closed_workflows" ("group_id", "closed_ms", "run_order")`,
    `CREATE TABLE "history" ("group_id" integer NOT NULL, "run_order" integer NOT NULL, "from_wseq" integer NOT NULL, "to_wseq" integer NOT NULL,
    "checksum" integer NOT NULL, "events" blob NOT NULL, PRIMARY KEY ("group_id", "run_order", "from_wseq"))`,
    `CREATE TABLE "timers" ("group_id" integer NOT NULL, "run_order" integer NOT NULL, "timer_id" integer NOT NULL, "due_ms" real NOT NULL,
    "purpose" text NOT NULL, "key" text NOT NULL, "occurrence" integer NOT NULL, "checksum" integer NOT NULL,
    PRIMARY KEY ("group_id", "run_order", "timer_id")) WITHOUT ROWID`,
    `CREATE TABLE "requests" ("group_id" integer NOT NULL, "sequence" integer NOT NULL, "last_expiry_ms" real NOT NULL, "checksum" integer NOT NULL,
    "answers" blob NOT NULL, PRIMARY KEY ("group_id", "sequence"))`,
    `CREATE INDEX "requests_by_expiry" ON "requests" ("group_id", "last_expiry_ms", "sequence")`,
    `CREATE TABLE "closed_index" ("group_id" integer NOT NULL, "sequence" integer NOT NULL, "last_closed_ms" real NOT NULL, "checksum" integer NOT NULL,
    "entries" blob NOT NULL, PRIMARY KEY ("group_id", "sequence"))`,
    `CREATE INDEX "closed_index_by_closing" ON "closed_index" ("group_id", "last_closed_ms", "sequence")`,
    // In the transaction that makes the tables: a file has both or neither.
    `PRAGMA application_id = ${STATE_APPLICATION_ID}`,
    `PRAGMA user_version = ${STATE_FORMAT}`,
];
export class StateTables1763600000000 {
    /** Under this name it stands in the file, whatever a bundler makes of the class. */
    name = 'StateTables1763600000000';
    async up(runner) {
        for (const statement of STATEMENTS)
            await runner.query(statement);
    }
    async down(runner) {
        for (const name of ['closed_index', 'requests', 'timers', 'history', 'closed_workflows', 'workflows', 'groups', 'meta'])
            await runner.query(`DROP TABLE "${name}"`);
        await runner.query('PRAGMA application_id = 0');
        await runner.query('PRAGMA user_version = 0');
    }
}
//# sourceMappingURL=1763600000000-state-tables.js.map