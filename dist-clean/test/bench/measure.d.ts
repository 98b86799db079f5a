/**
 * What every bench reports, and how it is shown. A measure is one flat object; the names end in their unit.
 */
export type Measure = object;
/** The value below which `share` (0–1) of the sorted samples lie. */
export declare function percentile(sorted: ArrayLike<number>, share: number): number;
export declare function mean(values: ArrayLike<number>): number;
/** Three significant digits are all that such a run is worth. */
export declare function round(value: number): number;
export declare function median(values: readonly number[]): number;
/** One table for each run of measures with the same names. */
export declare function formatTable(measures: readonly Measure[]): string;
