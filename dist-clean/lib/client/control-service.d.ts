import type { Clock } from '../cluster/clock.js';
import type { Random } from '../cluster/random.js';
import type { NodeAdministration } from './administration-port.js';
import type { ControlApi, ControlContext, ControlStream, JsonObject } from './control-port.js';
import type { RequestForwarder } from './request-forwarder.js';
export interface ControlServiceParts {
    readonly forwarder: RequestForwarder;
    readonly administration: NodeAdministration;
    readonly clock: Pick<Clock, 'monotonic' | 'setTimer'>;
    readonly random: Pick<Random, 'uuid'>;
    /** Calls under way at most. Default 10,000. */
    readonly callsMax?: number;
    /** Streams open at most. Default 1,000. */
    readonly streamsMax?: number;
}
export declare class ControlService implements ControlApi {
    private readonly parts;
    private calls;
    private streams;
    private readonly handlers;
    constructor(parts: ControlServiceParts);
    isServing(): boolean;
    /** Names of the calls that have a handler: a test holds them to the table. */
    get handled(): readonly string[];
    call(method: string, request: JsonObject, context: ControlContext): Promise<JsonObject>;
    stream(method: string, request: JsonObject, { signal }: ControlContext): ControlStream;
    private workflowHandlers;
    private nodeHandlers;
    private start;
    private execute;
    /** Asks again from the run that the wait has come to (continueAsNew) until it has ended, the time is up, or the caller is gone. */
    private result;
    private startOptions;
    private writeOptions;
    private write;
    private readOptions;
    /** Runs a call until it settles or its caller is gone. */
    private whileCalled;
    /** For what the engine itself gives no deadline, or a longer one. */
    private withDeadline;
    private countdown;
}
