import { type RunEvent } from './event.js';
import type { RunCore } from './run-core.js';
import type { RunOwner } from './run-owner.js';
import type { SignalHandler, SignalMailbox } from './signal-mailbox.js';
/** The workflow code, as events set it going. */
export interface WorkflowCode {
    begin(input: unknown): void;
    runHandler(handler: SignalHandler, payload: unknown): void;
    /** Fires the run's abort signal. */
    fireCancel(): void;
    /** The committed finish agrees with what the code did. */
    closed(): void;
}
export declare class RunConsumer {
    private readonly core;
    private readonly owner;
    private readonly mailbox;
    private readonly variables;
    private readonly code;
    private positionWarned;
    constructor(core: RunCore, owner: RunOwner, mailbox: SignalMailbox, variables: {
        variableCommitted(key: string, text: string): void;
    }, code: WorkflowCode);
    private openWindow;
    /** Consumes one event: `core.windowOpen` tells afterwards whether code can run on it. */
    consume(event: RunEvent): void;
    private consumeOwner;
    /** R9: an owner of another build never writes the record that was waited for, as its code has its answer already. */
    private answerWithoutRecord;
    /** The record of an answer that the code here got without it. */
    private isAnswered;
    private consumeStarted;
    /** The call of a committed operation, compared with what was committed; undefined when the run stopped on it. */
    private recorded;
    private consumeCheckpoint;
    private consumeComputeResult;
    private consumeSleepSet;
    private consumeTimer;
    private consumeSignal;
    /** The signal was first: its time-out is not wanted, though its events may still come. */
    private dropTimeout;
    private consumeCancel;
    private consumeFinished;
}
