var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * `raftoral status`, `members`, `nodes`, `member …`, `transfer-leadership` and `leave`: the node and its cluster.
 */
import { Command, Option, SubCommand } from 'nest-commander';
import { GroupCommand } from '../base-command.js';
import { ClientCommand } from '../client-command.js';
import { parseInteger } from '../parse.js';
import { renderMembers, renderNodes, renderStatus } from '../render-node.js';
let StatusCommand = class StatusCommand extends ClientCommand {
    run(_params, flags) {
        return this.show(flags, 'admin.status', {}, renderStatus);
    }
};
StatusCommand = __decorate([
    Command({
        name: 'status',
        description: 'how a node stands: what is wrong first, then members, leader, term, indexes, lag, owners, connections',
    })
], StatusCommand);
export { StatusCommand };
let MembersCommand = class MembersCommand extends ClientCommand {
    run(_params, flags) {
        return this.show(flags, 'membership.members', {}, renderMembers);
    }
};
MembersCommand = __decorate([
    Command({ name: 'members', description: 'members of the cluster, as the node sees them' })
], MembersCommand);
export { MembersCommand };
let NodesCommand = class NodesCommand extends ClientCommand {
    run(_params, flags) {
        return this.show(flags, 'discovery.nodes', {}, renderNodes);
    }
};
NodesCommand = __decorate([
    Command({ name: 'nodes', description: 'nodes whose address is known' })
], NodesCommand);
export { NodesCommand };
/** How long a change of the membership may take unless --timeout says otherwise: a learner may have much to catch up. */
const CHANGE_TIMEOUT_MS = 60_000;
/** Changes the membership; meanwhile says how far the node concerned is. */
class ChangeCommand extends ClientCommand {
    async change(flags, method, request, watchedNode) {
        const timeoutMs = flags.timeout ?? CHANGE_TIMEOUT_MS;
        const answer = await this.connected(flags, (client) => this.watched(flags, this.ask(client, { ...flags, timeout: timeoutMs }, method, request), () => lookAt(client, watchedNode)));
        if (flags.json === true)
            this.printJson(answer);
        else
            this.print(renderMembers(answer));
    }
}
async function lookAt(client, nodeId) {
    const report = (await client.call('admin.status', {}, { timeoutMs: 1_000 }));
    const cluster = report.clusters[0];
    const member = cluster?.members.find((one) => one.nodeId === nodeId);
    const behind = cluster?.replication.find((one) => one.nodeId === nodeId);
    if (cluster === undefined || member === undefined)
        return `node ${nodeId} is no member yet`;
    const lag = behind === undefined ? '' : `, ${behind.lagEntries} entries behind (${behind.state})`;
    return `node ${nodeId} is a ${member.role}${member.isAlive ? '' : ' that is not heard'}${lag}`;
}
let MemberAddLearnerCommand = class MemberAddLearnerCommand extends ChangeCommand {
    run([node], flags) {
        const nodeId = parseInteger(node, 'node id');
        return this.change(flags, 'membership.addLearner', { nodeId }, nodeId);
    }
};
MemberAddLearnerCommand = __decorate([
    SubCommand({
        name: 'add-learner',
        arguments: '<node-id>',
        description: 'add a node that waits to be added; it gets the log and has no vote',
    })
], MemberAddLearnerCommand);
export { MemberAddLearnerCommand };
let MemberPromoteCommand = class MemberPromoteCommand extends ChangeCommand {
    run([node], flags) {
        const nodeId = parseInteger(node, 'node id');
        return this.change(flags, 'membership.promote', { nodeId }, nodeId);
    }
};
MemberPromoteCommand = __decorate([
    SubCommand({ name: 'promote', arguments: '<node-id>', description: 'make a learner that has caught up a voter' })
], MemberPromoteCommand);
export { MemberPromoteCommand };
let MemberRemoveCommand = class MemberRemoveCommand extends ChangeCommand {
    run([node], flags) {
        const nodeId = parseInteger(node, 'node id');
        return this.change(flags, 'membership.remove', { nodeId }, nodeId);
    }
};
MemberRemoveCommand = __decorate([
    SubCommand({ name: 'remove', arguments: '<node-id>', description: 'remove a member; its id is never used again' })
], MemberRemoveCommand);
export { MemberRemoveCommand };
let MemberReplaceCommand = class MemberReplaceCommand extends ChangeCommand {
    readLost(text) {
        return parseInteger(text, '--lost');
    }
    readReplacement(text) {
        return parseInteger(text, '--replacement');
    }
    run(_params, flags) {
        const { lost, replacement } = flags;
        return this.change(flags, 'membership.replace', { lost, replacement }, replacement);
    }
};
__decorate([
    Option({ flags: '--lost <node-id>', description: 'the member that is gone', required: true }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], MemberReplaceCommand.prototype, "readLost", null);
__decorate([
    Option({ flags: '--replacement <node-id>', description: 'the node that waits to be added', required: true }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], MemberReplaceCommand.prototype, "readReplacement", null);
MemberReplaceCommand = __decorate([
    SubCommand({ name: 'replace', description: 'put a new node in the place of a lost one, in one change once it has caught up' })
], MemberReplaceCommand);
export { MemberReplaceCommand };
export const MEMBER_COMMANDS = [MemberAddLearnerCommand, MemberPromoteCommand, MemberRemoveCommand, MemberReplaceCommand];
let MemberCommand = class MemberCommand extends GroupCommand {
};
MemberCommand = __decorate([
    Command({
        name: 'member',
        description: 'change who is a member (a node that is started with --peers joins by itself)',
        subCommands: MEMBER_COMMANDS,
    })
], MemberCommand);
export { MemberCommand };
let TransferLeadershipCommand = class TransferLeadershipCommand extends ClientCommand {
    readTo(text) {
        return parseInteger(text, '--to');
    }
    run(_params, flags) {
        return this.show(flags, 'admin.transferLeadership', { to: flags.to }, renderMembers);
    }
};
__decorate([
    Option({ flags: '--to <node-id>', description: 'the voter that is to lead', required: true }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], TransferLeadershipCommand.prototype, "readTo", null);
TransferLeadershipCommand = __decorate([
    Command({ name: 'transfer-leadership', description: 'let another voter lead; answers once it does' })
], TransferLeadershipCommand);
export { TransferLeadershipCommand };
let LeaveCommand = class LeaveCommand extends ClientCommand {
    async run(_params, flags) {
        const timeout = flags.timeout ?? CHANGE_TIMEOUT_MS;
        const look = async (client) => {
            const report = (await client.call('admin.status', {}, { timeoutMs: 1_000 }));
            const owned = report.clusters[0]?.runs.owners.find(({ nodeId }) => nodeId === report.nodeId)?.runs ?? 0;
            return `node ${report.nodeId} is ${report.state}, owns ${owned} runs`;
        };
        const answer = await this.connected(flags, (client) => this.watched(flags, this.ask(client, { ...flags, timeout }, 'admin.leave', {}), () => look(client)));
        if (flags.json === true)
            this.printJson(answer);
        else
            this.print(`Node ${String(answer['nodeId'])} has left its cluster; its id is never used again`);
    }
};
LeaveCommand = __decorate([
    Command({ name: 'leave', description: 'let the node that is asked hand over, leave its cluster for good, and end' })
], LeaveCommand);
export { LeaveCommand };
//# sourceMappingURL=cluster.js.map