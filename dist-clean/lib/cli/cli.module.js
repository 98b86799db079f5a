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
var CliModule_1;
/**
 * The commands as providers of one Nest module.
 */
import { Injectable, Module } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import { LeaveCommand, MEMBER_COMMANDS, MemberCommand, MembersCommand, NodesCommand, StatusCommand, TransferLeadershipCommand, } from './commands/cluster.js';
import { StartCommand } from './commands/start.js';
import { WORKFLOW_COMMANDS, WorkflowCommand } from './commands/workflow.js';
import { CLI_ENVIRONMENT } from './environment.js';
const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 node not reached, 4 credentials refused, 5 workflow did not complete,
            6 the cluster can not answer now (try again), 124 timed out, 130 interrupted.
Every command: raftoral <command> --help`;
/** Names the program before its commands are read. */
let ProgramName = class ProgramName {
    constructor(commander) {
        commander
            .name('raftoral')
            .description('Runs and operates nodes of a durable workflow engine.')
            .helpOption('-h, --help', 'show this help')
            .addHelpCommand(false)
            .addHelpText('after', EXIT_CODES);
    }
};
ProgramName = __decorate([
    Injectable(),
    __param(0, InjectCommander()),
    __metadata("design:paramtypes", [Object])
], ProgramName);
const COMMANDS = [
    StartCommand,
    StatusCommand,
    WorkflowCommand,
    ...WORKFLOW_COMMANDS,
    MembersCommand,
    NodesCommand,
    MemberCommand,
    ...MEMBER_COMMANDS,
    TransferLeadershipCommand,
    LeaveCommand,
];
let CliModule = CliModule_1 = class CliModule {
    static over(environment) {
        return { module: CliModule_1, providers: [{ provide: CLI_ENVIRONMENT, useValue: environment }, ProgramName, ...COMMANDS] };
    }
};
CliModule = CliModule_1 = __decorate([
    Module({})
], CliModule);
export { CliModule };
//# sourceMappingURL=cli.module.js.map