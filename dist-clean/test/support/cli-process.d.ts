/**
 * A program of a test: runs command lines in one process, over a real node in it. (nest-commander is CommonJS and requires Nest, which is an ES module from
 * version 12 on: Node.js can, Jest on Node.js 20 can not.) Takes CliRequests by message, answers CliAnswers.
 */
import 'reflect-metadata';
import { type RaftoralErrorCode } from '../../lib/errors/index.js';
import type { Connection } from '../../lib/cli/environment.js';
export interface CliRequest {
    readonly id: number;
    readonly words: readonly string[];
    readonly folder: string;
    readonly input: string;
    readonly variables: Readonly<Record<string, string>>;
    /** Given: the node answers every call so. */
    readonly refusal: {
        readonly code: RaftoralErrorCode;
        readonly requestId?: string;
    } | null;
}
export interface CliAnswer {
    readonly id: number;
    readonly code: number;
    readonly out: string;
    readonly err: string;
    readonly connections: readonly Connection[];
}
/** Sent as soon as the node is there, and whenever a command begins to listen to interrupts. */
export type CliNotice = 'ready' | 'interruptible';
