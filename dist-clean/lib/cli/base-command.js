var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/**
 * What all commands have in common: how commander treats them, and that they have the environment.
 *
 * C1. An unknown flag, an argument too many and a wrong value end with a message that names them, and exit code 2; commander never ends the process.
 */
import { Inject } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { CLI_ENVIRONMENT } from './environment.js';
import { UsageError } from './usage-error.js';
let BaseCommand = class BaseCommand extends CommandRunner {
    environment;
    constructor(environment) {
        super();
        this.environment = environment;
    }
    setCommand(command) {
        command.exitOverride().allowExcessArguments(false).helpOption('-h, --help', 'show this help').showHelpAfterError('(--help tells more)');
        return super.setCommand(command);
    }
    print(text) {
        this.environment.out(`${text}\n`);
    }
    /** One document; a machine reads it. */
    printJson(value) {
        this.print(JSON.stringify(value));
    }
};
BaseCommand = __decorate([
    __param(0, Inject(CLI_ENVIRONMENT)),
    __metadata("design:paramtypes", [Object])
], BaseCommand);
export { BaseCommand };
/** A command that only holds others. */
export class GroupCommand extends BaseCommand {
    setCommand(command) {
        super.setCommand(command);
        command.allowExcessArguments(true).addHelpCommand(false);
        return this;
    }
    run([unknown]) {
        const { command } = this;
        const names = command.commands.map((one) => one.name()).join(', ');
        const path = command.name();
        throw new UsageError(unknown === undefined
            ? `${path}: say which: ${names}. \`raftoral ${path} --help\` tells more.`
            : `${path}: unknown command '${unknown}'; those are ${names}.`);
    }
}
//# sourceMappingURL=base-command.js.map