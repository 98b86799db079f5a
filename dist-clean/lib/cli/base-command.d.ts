import { CommandRunner } from 'nest-commander';
import { type CliEnvironment } from './environment.js';
/** commander's own class, of the copy that nest-commander brings. */
export type CommanderCommand = Parameters<CommandRunner['setCommand']>[0];
export declare abstract class BaseCommand extends CommandRunner {
    protected readonly environment: CliEnvironment;
    constructor(environment: CliEnvironment);
    setCommand(command: CommanderCommand): this;
    protected print(text: string): void;
    /** One document; a machine reads it. */
    protected printJson(value: unknown): void;
}
/** A command that only holds others. */
export declare abstract class GroupCommand extends BaseCommand {
    setCommand(command: CommanderCommand): this;
    run([unknown]: string[]): Promise<void>;
}
