/**
 * What a node that `raftoral start` runs says: Nest's own console, without what the command says itself or nobody needs.
 */
import { ConsoleLogger } from '@nestjs/common';
export declare class NodeLogger extends ConsoleLogger {
    log(message: unknown, ...rest: unknown[]): void;
    error(message: unknown, ...rest: unknown[]): void;
}
