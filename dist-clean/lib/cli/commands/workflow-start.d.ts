import { RunCommand, type RunFlags } from './run-command.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';
interface StartFlags extends ClientFlags {
    readonly id?: string;
    readonly workflowVersion?: number;
    readonly inputFile?: string;
    readonly attach?: boolean;
    readonly wait?: boolean;
    readonly requestId?: string;
}
export declare class WorkflowStartCommand extends ClientCommand<StartFlags> {
    readId(text: string): string;
    readWorkflowVersion(text: string): number;
    readInputFile(text: string): string;
    readAttach(): boolean;
    readWait(): boolean;
    readRequestId(text: string): string;
    run([name, inputText]: string[], flags: StartFlags): Promise<void>;
    private readInput;
}
export declare class WorkflowWaitCommand extends RunCommand<RunFlags> {
    run([workflowId]: string[], flags: RunFlags): Promise<void>;
}
export {};
