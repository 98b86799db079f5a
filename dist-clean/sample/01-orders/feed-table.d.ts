/** The report of a feed, as a table. */
import type { FeedReport } from './feed-run.js';
export declare function tableOf(report: FeedReport, more?: ReadonlyArray<readonly [string, string | number]>): string;
