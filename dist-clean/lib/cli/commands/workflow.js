var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * `raftoral workflow …`: the group.
 */
import { Command } from 'nest-commander';
import { GroupCommand } from '../base-command.js';
import { WorkflowDescribeCommand, WorkflowExplainCommand, WorkflowHistoryCommand, WorkflowListCommand, WorkflowQueryCommand, WorkflowWatchCommand, } from './workflow-read.js';
import { WorkflowStartCommand, WorkflowWaitCommand } from './workflow-start.js';
import { WorkflowCancelCommand, WorkflowResetCommand, WorkflowSignalCommand, WorkflowTerminateCommand } from './workflow-write.js';
export const WORKFLOW_COMMANDS = [
    WorkflowStartCommand,
    WorkflowWaitCommand,
    WorkflowDescribeCommand,
    WorkflowExplainCommand,
    WorkflowListCommand,
    WorkflowQueryCommand,
    WorkflowSignalCommand,
    WorkflowCancelCommand,
    WorkflowTerminateCommand,
    WorkflowResetCommand,
    WorkflowHistoryCommand,
    WorkflowWatchCommand,
];
let WorkflowCommand = class WorkflowCommand extends GroupCommand {
};
WorkflowCommand = __decorate([
    Command({ name: 'workflow', description: 'start, watch and operate workflows', subCommands: WORKFLOW_COMMANDS })
], WorkflowCommand);
export { WorkflowCommand };
//# sourceMappingURL=workflow.js.map