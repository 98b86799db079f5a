import { GroupCommand } from '../base-command.js';
import { WorkflowListCommand } from './workflow-read.js';
import { WorkflowStartCommand, WorkflowWaitCommand } from './workflow-start.js';
export declare const WORKFLOW_COMMANDS: (typeof WorkflowListCommand | typeof WorkflowStartCommand | typeof WorkflowWaitCommand)[];
export declare class WorkflowCommand extends GroupCommand {
}
