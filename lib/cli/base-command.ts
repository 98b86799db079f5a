/**
 * What all commands have in common: how commander treats them, and that they have the environment.
 *
 * C1. An unknown flag, an argument too many and a wrong value end with a message that names them, and exit code 2; commander never ends the process.
 */
import { Inject } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { CLI_ENVIRONMENT, type CliEnvironment } from './environment.js';
import { UsageError } from './usage-error.js';

/** commander's own class, of the copy that nest-commander brings. */
export type CommanderCommand = Parameters<CommandRunner['setCommand']>[0];

export abstract class BaseCommand extends CommandRunner {
  constructor(@Inject(CLI_ENVIRONMENT) protected readonly environment: CliEnvironment) {
    super();
  }

  override setCommand(command: CommanderCommand): this {
    command.exitOverride().allowExcessArguments(false).helpOption('-h, --help', 'show this help').showHelpAfterError('(--help tells more)');
    return super.setCommand(command);
  }

  protected print(text: string): void {
    this.environment.out(`${text}\n`);
  }

  /** One document; a machine reads it. */
  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }
}

/** A command that only holds others. */
export abstract class GroupCommand extends BaseCommand {
  override setCommand(command: CommanderCommand): this {
    super.setCommand(command);
    command.allowExcessArguments(true).addHelpCommand(false);
    return this;
  }

  override run([unknown]: string[]): Promise<void> {
    const { command } = this;
    const names = command.commands.map((one) => one.name()).join(', ');
    const path = command.name();
    throw new UsageError(
      unknown === undefined
        ? `${path}: say which: ${names}. \`raftoral ${path} --help\` tells more.`
        : `${path}: unknown command '${unknown}'; those are ${names}.`,
    );
  }
}
