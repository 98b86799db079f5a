/**
 * `raftoral cluster …`: the topology of a deployment with a management cluster: what is there, what the cluster manager would do and why, and what operators change.
 *
 * T1. A change answers once its command is committed. What follows from it (members that move, slots that go elsewhere) the cluster manager does: `cluster plan` says what is left.
 */
import { Command, Option, SubCommand } from 'nest-commander';
import type { JsonObject, PlanReport, TopologyReport } from '../../index.js';
import { GroupCommand } from '../base-command.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';
import { parseInteger, parseList } from '../parse.js';
import { renderPlan, renderTopology } from '../render-topology.js';
import { visible } from '../text-table.js';
import { UsageError } from '../usage-error.js';

@SubCommand({ name: 'list', description: 'nodes, clusters and moves of slots, as the asked node has them' })
export class ClusterListCommand extends ClientCommand {
  override run(_params: string[], flags: ClientFlags): Promise<void> {
    return this.show<TopologyReport>(flags, 'cluster.list', {}, renderTopology);
  }
}

@SubCommand({
  name: 'plan',
  description:
    'what the cluster manager would do now, and why; nothing is done. Whether all nodes are there, `cluster list` says: a silent one is waited for',
})
export class ClusterPlanCommand extends ClientCommand {
  override run(_params: string[], flags: ClientFlags): Promise<void> {
    return this.show<PlanReport>(flags, 'cluster.plan', {}, renderPlan);
  }
}

interface ChangeFlags extends ClientFlags {
  readonly decidedOn?: number;
}

interface Changed {
  readonly version: number;
  readonly clusterId?: number;
}

abstract class ChangeCommand<Flags extends ChangeFlags = ChangeFlags> extends ClientCommand<Flags> {
  @Option({
    flags: '--decided-on <version>',
    description: 'topology version that you looked at: refused if what this names has changed since',
  })
  readDecidedOn(text: string): number {
    return parseInteger(text, '--decided-on', 0);
  }

  protected change(flags: Flags, method: string, request: JsonObject, say: (answer: Changed) => string): Promise<void> {
    const { decidedOn } = flags;
    const told = decidedOn === undefined ? request : { ...request, decidedOn };
    return this.show<Changed>(flags, method, told, (answer) => `${say(answer)} (topology version ${answer.version})`);
  }
}

interface UndoFlags extends ChangeFlags {
  readonly undo?: boolean;
}

abstract class UndoCommand extends ChangeCommand<UndoFlags> {
  @Option({ flags: '--undo', description: 'take it back' })
  readUndo(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'drain',
  arguments: '<node-id>',
  description: 'let a node leave all clusters, and get nothing more to host; --undo while it is not down',
})
export class ClusterDrainCommand extends UndoCommand {
  override run([node]: string[], flags: UndoFlags): Promise<void> {
    const nodeId = parseInteger(node!, 'node id');
    const undo = flags.undo === true;
    const said = undo ? `Node ${nodeId} takes part again` : `Node ${nodeId} is being drained`;
    return this.change(flags, 'node.drain', undo ? { nodeId, undo } : { nodeId }, () => said);
  }
}

@SubCommand({
  name: 'forget',
  arguments: '<node-id>',
  description: 'forget a node that is down or has left, and hosts nothing; its id is never used again',
})
export class ClusterForgetCommand extends ChangeCommand {
  override run([node]: string[], flags: ChangeFlags): Promise<void> {
    const nodeId = parseInteger(node!, 'node id');
    return this.change(flags, 'node.remove', { nodeId }, () => `Node ${nodeId} is forgotten`);
  }
}

interface ClusterFlags extends ChangeFlags {
  readonly targetSize?: number;
  readonly set?: readonly string[];
}

abstract class DescribedClusterCommand<Flags extends ClusterFlags = ClusterFlags> extends ChangeCommand<Flags> {
  @Option({ flags: '--target-size <number>', description: 'voters that it is to have, 1 to 7' })
  readTargetSize(text: string): number {
    return parseInteger(text, '--target-size');
  }

  @Option({ flags: '--set <name=value>', description: 'metadata, all of it; may be given more than once' })
  readSet(text: string, previous?: readonly string[]): readonly string[] {
    if (!/^[^=]+=/.test(text)) throw new UsageError(`--set: '${visible(text)}' is no name=value.`);
    return [...(previous ?? []), text];
  }

  protected described({ targetSize, set }: ClusterFlags): JsonObject {
    const pairs = (set ?? []).map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);
    return {
      ...(targetSize === undefined ? {} : { targetSize }),
      ...(set === undefined ? {} : { metadata: Object.fromEntries(pairs) }),
    };
  }
}

interface CreateFlags extends ClusterFlags {
  readonly members?: readonly number[];
}

@SubCommand({
  name: 'create',
  description: 'make an execution cluster; beyond one for each target size of nodes it is merged away while it has little to do',
})
export class ClusterCreateCommand extends DescribedClusterCommand<CreateFlags> {
  @Option({ flags: '--members <ids>', description: 'its first voters, as in 1,2,3; default: chosen by zone and load' })
  readMembers(text: string, previous?: readonly number[]): readonly number[] {
    return [...(previous ?? []), ...parseList(text, '--members').map((id) => parseInteger(id, '--members'))];
  }

  override run(_params: string[], flags: CreateFlags): Promise<void> {
    const { members } = flags;
    const request = { ...this.described(flags), ...(members === undefined ? {} : { members }) };
    return this.change(flags, 'cluster.create', request, ({ clusterId }) => `Cluster ${clusterId} is made`);
  }
}

@SubCommand({ name: 'metadata', arguments: '<cluster-id>', description: 'change the metadata or the target size of a cluster' })
export class ClusterMetadataCommand extends DescribedClusterCommand {
  override run([cluster]: string[], flags: ClusterFlags): Promise<void> {
    const clusterId = parseInteger(cluster!, 'cluster id');
    return this.change(flags, 'cluster.metadata', { clusterId, ...this.described(flags) }, () => `Cluster ${clusterId} is changed`);
  }
}

@SubCommand({
  name: 'retire',
  arguments: '<cluster-id>',
  description: 'let the slots of a cluster go to the others; then it is destroyed, unless there are nodes for as many: drain nodes first',
})
export class ClusterRetireCommand extends UndoCommand {
  override run([cluster]: string[], flags: UndoFlags): Promise<void> {
    const clusterId = parseInteger(cluster!, 'cluster id');
    const undo = flags.undo === true;
    const said = undo ? `Cluster ${clusterId} stays` : `Cluster ${clusterId} retires`;
    return this.change(flags, 'cluster.retire', undo ? { clusterId, undo } : { clusterId }, () => said);
  }
}

@SubCommand({ name: 'destroy', arguments: '<cluster-id>', description: 'end a cluster that owns no slot and has no open workflow' })
export class ClusterDestroyCommand extends ChangeCommand {
  override run([cluster]: string[], flags: ChangeFlags): Promise<void> {
    const clusterId = parseInteger(cluster!, 'cluster id');
    return this.change(flags, 'cluster.destroy', { clusterId }, () => `Cluster ${clusterId} is destroyed`);
  }
}

interface AssociateFlags extends ChangeFlags {
  readonly replaces?: number;
}

@SubCommand({ name: 'associate', arguments: '<cluster-id> <node-id>', description: 'let a node become a voter of a cluster' })
export class ClusterAssociateCommand extends ChangeCommand<AssociateFlags> {
  @Option({ flags: '--replaces <node-id>', description: 'the member whose place it takes, in one change' })
  readReplaces(text: string): number {
    return parseInteger(text, '--replaces');
  }

  override run([cluster, node]: string[], flags: AssociateFlags): Promise<void> {
    const clusterId = parseInteger(cluster!, 'cluster id');
    const nodeId = parseInteger(node!, 'node id');
    const { replaces } = flags;
    const request: JsonObject = replaces === undefined ? { clusterId, nodeId } : { clusterId, nodeId, replaces };
    return this.change(flags, 'cluster.associate', request, () => `Node ${nodeId} joins cluster ${clusterId}`);
  }
}

@SubCommand({ name: 'disassociate', arguments: '<cluster-id> <node-id>', description: 'let a member leave a cluster' })
export class ClusterDisassociateCommand extends ChangeCommand {
  override run([cluster, node]: string[], flags: ChangeFlags): Promise<void> {
    const clusterId = parseInteger(cluster!, 'cluster id');
    const nodeId = parseInteger(node!, 'node id');
    return this.change(flags, 'cluster.disassociate', { clusterId, nodeId }, () => `Node ${nodeId} leaves cluster ${clusterId}`);
  }
}

@SubCommand({
  name: 'abort-move',
  arguments: '<move-id>',
  description: 'let slots that are being moved stay where they are; the cluster manager may begin the move anew',
})
export class ClusterAbortMoveCommand extends ClientCommand {
  override run([move]: string[], flags: ClientFlags): Promise<void> {
    const moveId = parseInteger(move!, 'move id');
    const say = ({ version }: Changed): string => `Move ${moveId} is to be aborted (topology version ${version})`;
    return this.show<Changed>(flags, 'cluster.abortMove', { moveId }, say);
  }
}

export const CLUSTER_COMMANDS = [
  ClusterListCommand,
  ClusterPlanCommand,
  ClusterDrainCommand,
  ClusterForgetCommand,
  ClusterCreateCommand,
  ClusterMetadataCommand,
  ClusterRetireCommand,
  ClusterDestroyCommand,
  ClusterAssociateCommand,
  ClusterDisassociateCommand,
  ClusterAbortMoveCommand,
];

@Command({
  name: 'cluster',
  description: 'nodes and execution clusters of a deployment with a management cluster',
  subCommands: CLUSTER_COMMANDS,
})
export class ClusterCommand extends GroupCommand {}
