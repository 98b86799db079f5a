/**
 * Aligned columns for a terminal. Pure. Control characters of what is shown are made visible, so that no value moves the cursor or hides a line.
 */
export interface TableColumn {
    readonly title: string;
    /** Default left. */
    readonly align?: 'left' | 'right';
    /** Longer values are cut. Default 48. */
    readonly widthMax?: number;
}
/** Lines without a line break at the end; the last column is not padded. */
export declare function formatTable(columns: readonly TableColumn[], rows: ReadonlyArray<readonly string[]>): string;
/** `name  value` lines, the values in one column. */
export declare function formatFields(fields: ReadonlyArray<readonly [name: string, value: string]>): string;
/** Control characters but none of the text's own meaning: as \u001b. Line breaks become \n. */
export declare function visible(text: string): string;
export declare function cut(text: string, widthMax: number): string;
