/**
 * Watches every event that any node applies, and every command that any node proposes as an owner. Owns a model of each run that knows
 * nothing of the engine's own bookkeeping.
 *
 * P2  no (run, key, occurrence) has two outcomes, on any node; the event at (run, wseq) is the same everywhere.
 * P3  no attempt of a body begins twice in one process and epoch.
 * R22 no body begins in a process while an older one of the same operation is at work there, but for one that has been for longer than the grace.
 * P4  an event carries the epoch that the history says; a node proposes as owner of an epoch only if the history says that it is.
 * P5  no workflow id has two open runs; no child is started twice.
 * R14 the owner of a run has its version, by its last hello; the code of a version runs for runs of that version alone.
 * R31 a codec level is raised only when every voter has said that it knows it; no command of a level is committed before, and none is applied by
 *     a build that does not know it.
 * R38 what was refused as overloaded has not happened, and does not happen later.
 * R42 no node id is given out twice, and a process that asks again gets the one that it was given.
 * P7  a replica of deterministic code never reports a divergence; the one that was made to behave otherwise is detected and named.
 */
import { COMMAND_KIND_OFFSET } from '../../lib/state-machine/index.js';
import { decodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind, type MemberHelloCommand, type ParentRef } from '../../lib/workflow/command.js';
import { encodeEvent } from '../../lib/workflow/event-codec.js';
import { EventKind, type RunEvent } from '../../lib/workflow/event.js';
import type { CommandAnswer, RunView } from '../../lib/workflow/state.js';
import type { GroupOracle } from './group-oracle.js';
import type { World } from './world.js';

/** Default of `fencedGraceMs`. */
const GRACE_MS = 10_000;

interface RunModel {
  readonly version: number;
  readonly workflowId: string;
  readonly name: string;
  readonly owners: Map<number, number>; // epoch → node
  readonly outcomes: Set<string>;
  readonly events: Uint8Array[]; // encoded, by wseq - 1
  readonly signals: Set<string>; // request ids
  epoch: number;
  isFinished: boolean;
}

export class WorkflowOracle {
  readonly runs = new Map<string, RunModel>();
  private readonly openById = new Map<string, string>();
  /** Runs whose divergence was reported, with the nodes that did. */
  readonly diverged = new Map<string, Set<number>>();
  readonly counts = { levelRaises: 0, endedInVersion1: 0, endedInVersion2: 0, waitedForVersion: 0, children: 0 };
  events = 0;
  private readonly hellos = new Map<number, MemberHelloCommand>();
  private codecLevel = 1;
  private readonly attempts = new Set<string>();
  /** Bodies that have not settled, by process and operation: when they began, ms. */
  private readonly atWork = new Map<string, Set<{ readonly sinceMs: number }>>();
  /** Workflow ids whose start was refused. */
  private readonly refused = new Set<string>();
  /** Token of a child → its first run. */
  private readonly childByToken = new Map<string, string>();
  private readonly tokenByNodeId = new Map<number, string>();
  private readonly nodeIdByToken = new Map<string, number>();

  constructor(private readonly group: GroupOracle) {}

  /** Inside apply of `node`. */
  onEvent(node: number, run: RunView, event: RunEvent): void {
    const bytes = encodeEvent(event);
    const model = this.modelOf(run, event);
    const known = model.events[event.wseq - 1];
    if (known === undefined) {
      if (event.wseq !== model.events.length + 1) {
        this.group.note('history', `run ${run.runId} on node ${node}: event ${event.wseq} after ${model.events.length}`);
        return;
      }
      model.events.push(bytes);
      this.events++;
      this.follow(model, run, event);
    } else if (Buffer.compare(known, bytes) !== 0) {
      this.group.note('P2', `event ${event.wseq} of run ${run.runId} (${model.name}) differs on node ${node}`);
    }
  }

  /** A node proposes an owner command. */
  onOwnerCommand(node: number, runId: string, epoch: number): void {
    const owner = this.runs.get(runId)?.owners.get(epoch);
    if (owner === node) return;
    const what = owner === undefined ? 'which no history has' : `which belongs to node ${owner}`;
    this.group.note('P4', `node ${node} proposed as owner in epoch ${epoch} of run ${runId}, ${what}`);
  }

  /** An entry, once, before anybody applies it: owners are named by what it says. */
  beforeEntry(frame: Uint8Array): void {
    if (frame[COMMAND_KIND_OFFSET] !== CommandKind.MEMBER_HELLO) return;
    const command = decodeCommand(frame);
    if (command.kind !== CommandKind.MEMBER_HELLO || command.incarnation < (this.hellos.get(command.node)?.incarnation ?? 0)) return;
    this.hellos.set(command.node, command);
  }

  /** An entry, once, by the first node that applied it. */
  onEntry(node: number, index: number, frame: Uint8Array, result: unknown, world: Pick<World<unknown>, 'journal' | 'buildOf'>): void {
    const kind = frame[COMMAND_KIND_OFFSET];
    if (kind !== CommandKind.MEMBER_HELLO && kind !== CommandKind.RAISE_CODEC_LEVEL && kind !== CommandKind.RESERVE_NODE_ID) return;
    const command = decodeCommand(frame);
    const isDone = (result as CommandAnswer).ok;
    world.journal.write(() => `entry ${index}: ${JSON.stringify(command)}: ${isDone ? 'done' : 'without effect'}`);
    if (command.kind === CommandKind.RESERVE_NODE_ID) {
      if (this.codecLevel < 2) this.group.note('R31', `entry ${index} reserves a node id, in a group at codec level ${this.codecLevel}`);
    } else if (command.kind === CommandKind.RAISE_CODEC_LEVEL && isDone) {
      this.codecLevel = command.level;
      this.counts.levelRaises++;
      for (const voter of this.group.votersAt(index)) {
        const known = this.hellos.get(voter)?.codecLevelMax ?? 0;
        if (known < command.level) this.group.note('R31', `entry ${index} raises to level ${command.level}; voter ${voter} knows ${known}`);
      }
      const build = world.buildOf(node);
      if (build.codecLevelMax < command.level)
        this.group.note('R31', `node ${node} applied level ${command.level}, and knows ${build.codecLevelMax}`);
    }
  }

  /** A body begins in a process, in the epoch that it has applied. One that starts again does not know what the one before it had begun. */
  onAttempt(process: string, runId: string, operation: string, attempt: number, epoch: number): void {
    const name = `${process}/${runId}/${operation}/${attempt}/${epoch}`;
    if (this.attempts.has(name))
      this.group.note('P3', `attempt ${attempt} of ${operation} of run ${runId} began twice in epoch ${epoch}, on ${process}`);
    this.attempts.add(name);
  }

  /** R22. Runs a body, of whichever cluster. */
  watchBody(process: string, runId: string, operation: string, nowMs: number, body: () => unknown): unknown {
    const name = `${process}/${runId}/${operation}`;
    const others = this.atWork.get(name) ?? new Set();
    this.atWork.set(name, others);
    for (const { sinceMs } of others)
      if (nowMs - sinceMs < GRACE_MS)
        this.group.note(
          'R22',
          `a body of ${operation} of run ${runId} began on ${process}, where one that began ${nowMs - sinceMs} ms ago is at work`,
        );
    const own = { sinceMs: nowMs };
    others.add(own);
    const end = (): void => {
      others.delete(own);
      if (others.size === 0) this.atWork.delete(name);
    };
    try {
      const outcome = body();
      if (outcome instanceof Promise) outcome.then(end, end);
      else end();
      return outcome;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** The only start of this id was answered as refused. */
  onRefusedStart(workflowId: string): void {
    this.refused.add(workflowId);
    for (const [runId, run] of this.runs) if (run.workflowId === workflowId) this.noteRefused(workflowId, runId);
  }

  /** A process that asked, with `token`, for a node id above `above` was answered. */
  onNodeId(token: string, above: number, nodeId: number): void {
    const [other, before] = [this.tokenByNodeId.get(nodeId), this.nodeIdByToken.get(token)];
    if (nodeId <= above)
      this.group.note('R42', `'${token}' was given node id ${nodeId}, which may be in use: it asked for one above ${above}`);
    if (other !== undefined && other !== token) this.group.note('R42', `'${token}' was given node id ${nodeId}, and so was '${other}'`);
    if (before !== undefined && before !== nodeId) this.group.note('R42', `'${token}' was given two node ids, ${before} and ${nodeId}`);
    this.tokenByNodeId.set(nodeId, token);
    this.nodeIdByToken.set(token, nodeId);
  }

  /** Code of `version` runs on `node`. */
  onVersion(node: number, runId: string, version: number): void {
    const model = this.runs.get(runId);
    if (model !== undefined && model.version !== version)
      this.group.note('R14', `run ${runId} of version ${model.version} ran the code of version ${version} on node ${node}`);
  }

  onDiverged(node: number, runId: string, name: string, text: string): void {
    if (name !== 'divergent') this.group.note('P7', `deterministic workflow '${name}' was said to diverge on node ${node}: ${text}`);
    let nodes = this.diverged.get(runId);
    if (nodes === undefined) this.diverged.set(runId, (nodes = new Set()));
    nodes.add(node);
  }

  /** A body runs on `node`: it must have been the owner at some time. */
  onBody(node: number, runId: string): void {
    const model = this.runs.get(runId);
    if (model === undefined || ![...model.owners.values()].includes(node)) {
      this.group.note('P4', `a body of run ${runId} ran on node ${node}, which never owned it`);
    }
  }

  private modelOf(run: RunView, event: RunEvent): RunModel {
    let model = this.runs.get(run.runId);
    if (model === undefined) {
      const { workflowId, name, version } = run;
      model = {
        workflowId,
        name,
        version,
        owners: new Map(),
        outcomes: new Set(),
        events: [],
        signals: new Set(),
        epoch: 0,
        isFinished: false,
      };
      this.runs.set(run.runId, model);
      if (event.kind !== EventKind.STARTED) this.group.note('history', `run ${run.runId} begins with an event of kind ${event.kind}`);
    }
    return model;
  }

  private follow(model: RunModel, run: RunView, event: RunEvent): void {
    const { runId } = run;
    if (model.isFinished) this.group.note('P2', `run ${runId} got an event of kind ${event.kind} after it had finished`);
    if ('occurrence' in event && 'epoch' in event && event.epoch !== model.epoch) {
      this.group.note(
        'P4',
        `run ${runId}: an event of epoch ${event.epoch} took effect in epoch ${model.epoch} (${event.key} #${event.occurrence})`,
      );
    }
    switch (event.kind) {
      case EventKind.STARTED: {
        const open = this.openById.get(model.workflowId);
        if (open !== undefined) this.group.note('P5', `workflow id '${model.workflowId}' runs as ${open} and as ${runId}`);
        this.openById.set(model.workflowId, runId);
        if (run.parent !== null && event.continuedFrom === '') this.noteChild(run.parent, model.workflowId, runId);
        if (this.refused.has(model.workflowId)) this.noteRefused(model.workflowId, runId);
        this.own(model, runId, event.owner, event.epoch);
        return;
      }
      case EventKind.OWNER_CHANGED:
        this.own(model, runId, event.owner, event.epoch);
        return;
      case EventKind.CHECKPOINT:
      case EventKind.COMPUTE_RESULT: {
        const operation = `${event.key}#${event.occurrence}`;
        if (model.outcomes.has(operation)) this.group.note('P2', `run ${runId}: operation ${operation} was committed twice`);
        model.outcomes.add(operation);
        return;
      }
      case EventKind.SIGNAL:
        if (model.signals.has(event.requestId))
          this.group.note('P1', `run ${runId}: signal of request ${event.requestId} was recorded twice`);
        model.signals.add(event.requestId);
        return;
      case EventKind.BLOCKED:
        if (event.reason === 'no-implementation') this.counts.waitedForVersion++;
        return;
      case EventKind.FINISHED:
        model.isFinished = true;
        if (model.name === 'release') this.counts[model.version === 1 ? 'endedInVersion1' : 'endedInVersion2']++;
        if (this.openById.get(model.workflowId) === runId) this.openById.delete(model.workflowId);
        return;
      default:
        return;
    }
  }

  /** A token names one child (docs/adr/0065). */
  private noteChild({ workflowId, token }: ParentRef, childId: string, runId: string): void {
    const before = this.childByToken.get(token);
    if (before !== undefined && before !== runId)
      this.group.note('P5', `child '${childId}' of '${workflowId}' was started twice, as ${before} and as ${runId}`);
    this.childByToken.set(token, runId);
    this.counts.children++;
  }

  private noteRefused(workflowId: string, runId: string): void {
    this.group.note('R38', `the start of '${workflowId}' was refused, and it runs as ${runId}`);
  }

  private own(model: RunModel, runId: string, owner: number, epoch: number): void {
    if (epoch !== model.epoch + 1) this.group.note('P4', `run ${runId}: epoch ${epoch} follows ${model.epoch}`);
    const versions = this.hellos
      .get(owner)
      ?.workflows.filter(({ name }) => name === model.name)
      .flatMap((each) => each.versions);
    if (owner !== 0 && versions?.includes(model.version) !== true)
      this.group.note(
        'R14',
        `run ${runId} of ${model.name} ${model.version} is owned by node ${owner}, which has ${versions?.join() ?? 'said nothing'}`,
      );
    model.epoch = epoch;
    model.owners.set(epoch, owner);
  }
}
