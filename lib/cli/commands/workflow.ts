/**
 * `raftoral workflow …`: the group.
 */
import { Command } from 'nest-commander';
import { GroupCommand } from '../base-command.js';
import {
  WorkflowDescribeCommand,
  WorkflowExplainCommand,
  WorkflowHistoryCommand,
  WorkflowListCommand,
  WorkflowQueryCommand,
  WorkflowWatchCommand,
} from './workflow-read.js';
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

@Command({ name: 'workflow', description: 'start, watch and operate workflows', subCommands: WORKFLOW_COMMANDS })
export class WorkflowCommand extends GroupCommand {}
