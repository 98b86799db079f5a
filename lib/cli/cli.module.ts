/**
 * The commands as providers of one Nest module.
 */
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import type { CommanderCommand } from './base-command.js';
import {
  LeaveCommand,
  MEMBER_COMMANDS,
  MemberCommand,
  MembersCommand,
  NodesCommand,
  StatusCommand,
  TransferLeadershipCommand,
} from './commands/cluster.js';
import { StartCommand } from './commands/start.js';
import { CLUSTER_COMMANDS, ClusterCommand } from './commands/topology.js';
import { WORKFLOW_COMMANDS, WorkflowCommand } from './commands/workflow.js';
import { CLI_ENVIRONMENT, type CliEnvironment } from './environment.js';

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 node not reached, 4 credentials refused, 5 workflow did not complete,
            6 the cluster can not answer now (try again), 124 timed out, 130 interrupted.
Every command: raftoral <command> --help`;

/** Names the program before its commands are read. */
@Injectable()
class ProgramName {
  constructor(@InjectCommander() commander: CommanderCommand) {
    commander
      .name('raftoral')
      .description('Runs and operates nodes of a durable workflow engine.')
      .helpOption('-h, --help', 'show this help')
      .addHelpCommand(false)
      .addHelpText('after', EXIT_CODES);
  }
}

const COMMANDS = [
  StartCommand,
  StatusCommand,
  WorkflowCommand,
  ...WORKFLOW_COMMANDS,
  MembersCommand,
  NodesCommand,
  MemberCommand,
  ...MEMBER_COMMANDS,
  ClusterCommand,
  ...CLUSTER_COMMANDS,
  TransferLeadershipCommand,
  LeaveCommand,
];

@Module({})
export class CliModule {
  static over(environment: CliEnvironment): DynamicModule {
    return { module: CliModule, providers: [{ provide: CLI_ENVIRONMENT, useValue: environment }, ProgramName, ...COMMANDS] };
  }
}
