/**
 * `raftoral status`, `members`, `nodes`, `member …`, `transfer-leadership` and `leave`: the node and its cluster.
 */
import { Command, Option, SubCommand } from 'nest-commander';
import type { ControlClient, JsonObject, MembersReport, NodeReport, NodesReport } from '../../index.js';
import { GroupCommand } from '../base-command.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';
import { parseInteger } from '../parse.js';
import { renderMembers, renderNodes, renderStatus } from '../render-node.js';

@Command({
  name: 'status',
  description: 'how a node stands: what is wrong first, then members, leader, term, indexes, lag, owners, connections',
})
export class StatusCommand extends ClientCommand {
  override run(_params: string[], flags: ClientFlags): Promise<void> {
    return this.show<NodeReport>(flags, 'admin.status', {}, renderStatus);
  }
}

@Command({ name: 'members', description: 'members of cluster 1, as the node sees them (with a management cluster: `cluster list`)' })
export class MembersCommand extends ClientCommand {
  override run(_params: string[], flags: ClientFlags): Promise<void> {
    return this.show<MembersReport>(flags, 'membership.members', {}, renderMembers);
  }
}

@Command({ name: 'nodes', description: 'nodes whose address is known' })
export class NodesCommand extends ClientCommand {
  override run(_params: string[], flags: ClientFlags): Promise<void> {
    return this.show<NodesReport>(flags, 'discovery.nodes', {}, renderNodes);
  }
}

/** How long a change of the membership may take unless --timeout says otherwise: a learner may have much to catch up. */
const CHANGE_TIMEOUT_MS = 60_000;

/** Changes the membership; meanwhile says how far the node concerned is. */
abstract class ChangeCommand<Flags extends ClientFlags = ClientFlags> extends ClientCommand<Flags> {
  protected async change(flags: Flags, method: string, request: JsonObject, watchedNode: number): Promise<void> {
    const timeoutMs = flags.timeout ?? CHANGE_TIMEOUT_MS;
    const answer = await this.connected(flags, (client) =>
      this.watched(flags, this.ask(client, { ...flags, timeout: timeoutMs }, method, request), () => lookAt(client, watchedNode)),
    );
    if (flags.json === true) this.printJson(answer);
    else this.print(renderMembers(answer as unknown as MembersReport));
  }
}

async function lookAt(client: ControlClient, nodeId: number): Promise<string> {
  const report = (await client.call('admin.status', {}, { timeoutMs: 1_000 })) as unknown as NodeReport;
  const cluster = report.clusters[0];
  const member = cluster?.members.find((one) => one.nodeId === nodeId);
  const behind = cluster?.replication.find((one) => one.nodeId === nodeId);
  if (cluster === undefined || member === undefined) return `node ${nodeId} is no member yet`;
  const lag = behind === undefined ? '' : `, ${behind.lagEntries} entries behind (${behind.state})`;
  return `node ${nodeId} is a ${member.role}${member.isAlive ? '' : ' that is not heard'}${lag}`;
}

@SubCommand({
  name: 'add-learner',
  arguments: '<node-id>',
  description: 'add a node that waits to be added; it gets the log and has no vote',
})
export class MemberAddLearnerCommand extends ChangeCommand {
  override run([node]: string[], flags: ClientFlags): Promise<void> {
    const nodeId = parseInteger(node!, 'node id');
    return this.change(flags, 'membership.addLearner', { nodeId }, nodeId);
  }
}

@SubCommand({ name: 'promote', arguments: '<node-id>', description: 'make a learner that has caught up a voter' })
export class MemberPromoteCommand extends ChangeCommand {
  override run([node]: string[], flags: ClientFlags): Promise<void> {
    const nodeId = parseInteger(node!, 'node id');
    return this.change(flags, 'membership.promote', { nodeId }, nodeId);
  }
}

@SubCommand({ name: 'remove', arguments: '<node-id>', description: 'remove a member; its id is never used again' })
export class MemberRemoveCommand extends ChangeCommand {
  override run([node]: string[], flags: ClientFlags): Promise<void> {
    const nodeId = parseInteger(node!, 'node id');
    return this.change(flags, 'membership.remove', { nodeId }, nodeId);
  }
}

interface ReplaceFlags extends ClientFlags {
  readonly lost: number;
  readonly replacement: number;
}

@SubCommand({ name: 'replace', description: 'put a new node in the place of a lost one, in one change once it has caught up' })
export class MemberReplaceCommand extends ChangeCommand<ReplaceFlags> {
  @Option({ flags: '--lost <node-id>', description: 'the member that is gone', required: true })
  readLost(text: string): number {
    return parseInteger(text, '--lost');
  }

  @Option({ flags: '--replacement <node-id>', description: 'the node that waits to be added', required: true })
  readReplacement(text: string): number {
    return parseInteger(text, '--replacement');
  }

  override run(_params: string[], flags: ReplaceFlags): Promise<void> {
    const { lost, replacement } = flags;
    return this.change(flags, 'membership.replace', { lost, replacement }, replacement);
  }
}

export const MEMBER_COMMANDS = [MemberAddLearnerCommand, MemberPromoteCommand, MemberRemoveCommand, MemberReplaceCommand];

@Command({
  name: 'member',
  description:
    'change who is a member of cluster 1 (a node that is started with --peers joins by itself; with a management cluster use `cluster drain` and `cluster forget`)',
  subCommands: MEMBER_COMMANDS,
})
export class MemberCommand extends GroupCommand {}

interface TransferFlags extends ClientFlags {
  readonly to: number;
}

@Command({ name: 'transfer-leadership', description: 'let another voter of cluster 1 lead; answers once it does' })
export class TransferLeadershipCommand extends ClientCommand<TransferFlags> {
  @Option({ flags: '--to <node-id>', description: 'the voter that is to lead', required: true })
  readTo(text: string): number {
    return parseInteger(text, '--to');
  }

  override run(_params: string[], flags: TransferFlags): Promise<void> {
    return this.show<MembersReport>(flags, 'admin.transferLeadership', { to: flags.to }, renderMembers);
  }
}

@Command({ name: 'leave', description: 'let the node that is asked hand over, leave its cluster for good, and end' })
export class LeaveCommand extends ClientCommand {
  override async run(_params: string[], flags: ClientFlags): Promise<void> {
    const timeout = flags.timeout ?? CHANGE_TIMEOUT_MS;
    const look = async (client: ControlClient): Promise<string> => {
      const report = (await client.call('admin.status', {}, { timeoutMs: 1_000 })) as unknown as NodeReport;
      const owned = report.clusters[0]?.runs.owners.find(({ nodeId }) => nodeId === report.nodeId)?.runs ?? 0;
      return `node ${report.nodeId} is ${report.state}, owns ${owned} runs`;
    };
    const leave = async (client: ControlClient): Promise<JsonObject> => {
      const { nodeId } = (await this.ask(client, flags, 'admin.status', {})) as unknown as NodeReport;
      return this.ask(client, { ...flags, timeout }, 'admin.leave', { nodeId });
    };
    const answer = await this.connected(flags, (client) => this.watched(flags, leave(client), () => look(client)));
    if (flags.json === true) this.printJson(answer);
    else this.print(`Node ${String(answer['nodeId'])} has left its cluster; its id is never used again`);
  }
}
