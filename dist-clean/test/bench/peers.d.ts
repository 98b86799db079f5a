import { type Measure } from './measure.js';
import type { BenchOptions } from './options.js';
/** What the peers' scripts and our benches print, as far as it is read here. */
export type Printed = Readonly<Record<string, unknown>>;
export declare function run(options: BenchOptions): Promise<Measure[]>;
export declare function isThere(peer: string, shared: string): boolean;
export declare function copyPeer(peer: string, shared: string, folder: string): void;
/** The JSON lines of a program that ends by itself. In a process group of its own, so that what it started ends with it. */
export declare function printedBy(name: string, command: readonly string[], env: Record<string, string>): Promise<Printed[]>;
