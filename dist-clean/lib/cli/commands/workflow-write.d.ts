import { WriteCommand, type WriteFlags } from './run-command.js';
export declare class WorkflowSignalCommand extends WriteCommand {
    run([workflowId, signal, text]: string[], flags: WriteFlags): Promise<void>;
}
interface CancelFlags extends WriteFlags {
    readonly reason?: string;
}
export declare class WorkflowCancelCommand extends WriteCommand<CancelFlags> {
    readReason(text: string): string;
    run([workflowId]: string[], flags: CancelFlags): Promise<void>;
}
export declare class WorkflowTerminateCommand extends WriteCommand {
    run([workflowId]: string[], flags: WriteFlags): Promise<void>;
}
export declare class WorkflowResetCommand extends WriteCommand {
    run([workflowId]: string[], flags: WriteFlags): Promise<void>;
}
export {};
