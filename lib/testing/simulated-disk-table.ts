/**
 * One table of a simulated database, in memory. Owns: its rows in the order in which they came, and the way to those of one group or run.
 *
 * T1. Iterates as a Map does: a row that is put again keeps its place, one that is deleted and put again goes to the end.
 * T2. under() answers with the rows whose keys are the given one, a slash and one part more; what is put later does not change that answer.
 * Tests: simulated-disk-table.spec.ts.
 */

/** Never changed: a new row takes its place. */
export interface StoredRow {
  readonly key: string;
  readonly value: Uint8Array;
  /** Name and lengths, as they stand in the file. */
  readonly head: Uint8Array;
}

/** For readers. */
export interface Table extends Iterable<StoredRow> {
  get(key: string): Uint8Array | undefined;
  under(parent: string): readonly StoredRow[];
}

const NO_ROWS: readonly StoredRow[] = [];

export class RowTable implements Table {
  private readonly rows = new Map<string, StoredRow>();
  private readonly parents = new Map<string, Map<string, StoredRow>>();

  get(key: string): Uint8Array | undefined {
    return this.rows.get(key)?.value;
  }

  [Symbol.iterator](): Iterator<StoredRow> {
    return this.rows.values();
  }

  under(parent: string): readonly StoredRow[] {
    const rows = this.parents.get(parent);
    return rows === undefined ? NO_ROWS : [...rows.values()];
  }

  put(row: StoredRow): void {
    this.rows.set(row.key, row);
    const parent = parentOf(row.key);
    const rows = this.parents.get(parent);
    if (rows === undefined) this.parents.set(parent, new Map([[row.key, row]]));
    else rows.set(row.key, row);
  }

  delete(key: string): void {
    if (!this.rows.delete(key)) return;
    const parent = parentOf(key);
    const rows = this.parents.get(parent)!;
    rows.delete(key);
    if (rows.size === 0) this.parents.delete(parent);
  }
}

/** Of `1/7/3`: `1/7`. */
function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}
