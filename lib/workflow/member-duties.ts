/**
 * What a member says of itself, and what a leader says of members: hello, node-down, first limits, codec level.
 *
 * U1. Level-triggered: what the state shows is compared with what is so, after each batch; nothing depends on one event being seen.
 * U2. At most one proposal of a kind is under way; it is compared again when it was applied, and made again after a failure.
 * U4. A draining node hands its runs over, spread over those that can take them, at most `HANDED_OVER_AT_ONCE` unanswered: other commands get through.
 * U3. A node that is alive and finds itself marked down, or absent, says hello again (R13).
 * Tests: member-duties.spec.ts, test/workflow/residency.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import { encodeCommand } from './command-codec.js';
import { CommandKind, type GroupLimits, type WorkflowCommand } from './command.js';
import type { CommandAnswer, HelloView, WorkflowStateView } from './state.js';
import type { WorkflowRegistry } from './registry.js';

const RETRY_AFTER_MS = 500;
const HANDED_OVER_AT_ONCE = 500;

export interface MemberDutiesOptions {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateView;
  readonly registry: WorkflowRegistry;
  readonly clock: Clock;
  readonly incarnation: number;
  readonly buildId: string;
  /** Highest level that this build can apply (R31). */
  readonly codecLevelMax: number;
  readonly limits: Partial<GroupLimits>;
}

interface HandOver {
  readonly runId: string;
  readonly epoch: number;
  readonly to: number;
}

export class MemberDuties {
  private draining = false;
  /** Runs to be handed over, and those whose change of owner is under way. */
  private readonly toHandOver: string[] = [];
  private handingOver: readonly HandOver[] = [];
  private stopped = false;
  private readonly underWay = new Set<string>();
  private retry: Timer | null = null;
  private readonly workflows: ReadonlyArray<{ readonly name: string; readonly versions: readonly number[] }>;

  constructor(private readonly options: MemberDutiesOptions) {
    this.workflows = options.registry.list();
  }

  /** After a batch was applied, and whenever leadership, membership or liveness changed. */
  review(): void {
    if (this.stopped) return;
    const { group, state } = this.options;
    const own = state.hellos.get(group.nodeId);
    if ((own === undefined || this.outdated(own)) && this.isMember()) this.propose('hello', this.hello());
    if (group.isLeader) this.reviewAsLeader();
    if (this.toHandOver.length !== 0 || this.handingOver.length !== 0) this.handOver();
  }

  /** A drain came to nothing: the node takes runs again. */
  resume(): void {
    this.draining = false;
    this.toHandOver.length = 0;
    this.review();
  }

  /** Tells the group that this node takes no more runs, and hands its own over to others that can. */
  drain(): void {
    const { group, state } = this.options;
    this.draining = true;
    for (const run of state.openRuns()) if (run.owner === group.nodeId) this.toHandOver.push(run.runId);
    this.review();
  }

  private handOver(): void {
    const { group, state } = this.options;
    const pending: HandOver[] = [];
    for (const handOver of this.handingOver) {
      const run = state.run(handOver.runId);
      if (run?.owner !== group.nodeId) continue;
      // What was proposed can not succeed any more: once again, to another.
      if (run.epoch !== handOver.epoch || !state.eligible(run).includes(handOver.to)) this.toHandOver.push(run.runId);
      else pending.push(handOver);
    }
    let turn = 0;
    while (pending.length < HANDED_OVER_AT_ONCE) {
      const runId = this.toHandOver.pop();
      if (runId === undefined) break;
      const run = state.run(runId);
      if (run?.owner !== group.nodeId) continue;
      const heirs = state.eligible(run).filter((node) => node !== group.nodeId);
      if (heirs.length === 0) continue;
      const to = heirs[turn++ % heirs.length]!;
      group.submit(encodeCommand({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch: run.epoch, to }));
      pending.push({ runId, epoch: run.epoch, to });
    }
    this.handingOver = pending;
  }

  private reviewAsLeader(): void {
    const { group, state } = this.options;
    let live: readonly number[] | null = null;
    for (const hello of state.hellos.values()) {
      if (hello.down || hello.node === group.nodeId) continue;
      live ??= group.livePeers();
      if (live.includes(hello.node)) continue;
      this.propose(`down ${hello.node}`, { kind: CommandKind.NODE_DOWN, node: hello.node, incarnation: hello.incarnation });
    }
    if (state.limitsRevision === 0) this.proposeLimits();
    if (state.codecLevel < this.options.codecLevelMax) this.proposeCodecLevel();
  }

  private proposeLimits(): void {
    const { state, limits } = this.options;
    const keys = Object.keys(limits) as Array<keyof GroupLimits>;
    if (keys.every((key) => limits[key] === undefined || state.limits[key] === limits[key])) return;
    const wanted: GroupLimits = { ...state.limits, ...limits };
    this.propose('limits', { kind: CommandKind.SET_LIMITS, expectedRevision: 0, limits: wanted });
  }

  /** Not while the membership is joint: an outgoing voter may be of an older build, and the group's rule for it begins with level 4 (R31). */
  private proposeCodecLevel(): void {
    const { state, group } = this.options;
    if (group.membership.votersOutgoing.length > 0) return;
    let level = this.options.codecLevelMax;
    for (const voter of state.voters) level = Math.min(level, state.hellos.get(voter)?.codecLevelMax ?? 0);
    if (state.voters.length !== 0 && level > state.codecLevel) this.propose('codec', { kind: CommandKind.RAISE_CODEC_LEVEL, level });
  }

  private isMember(): boolean {
    const { voters, votersOutgoing, learners, learnersNext } = this.options.group.membership;
    const id = this.options.group.nodeId;
    return voters.includes(id) || learners.includes(id) || votersOutgoing.includes(id) || learnersNext.includes(id);
  }

  /** A higher incarnation is another process under this id: this one can not speak over it. */
  private outdated(own: HelloView): boolean {
    const { incarnation, buildId } = this.options;
    if (own.incarnation !== incarnation) return own.incarnation < incarnation;
    return own.down || own.draining !== this.draining || own.buildId !== buildId;
  }

  private hello(): WorkflowCommand {
    const { group, incarnation, buildId, codecLevelMax } = this.options;
    return {
      kind: CommandKind.MEMBER_HELLO,
      node: group.nodeId,
      incarnation,
      workflows: this.workflows,
      codecLevelMax,
      buildId,
      draining: this.draining,
    };
  }

  private propose(name: string, command: WorkflowCommand): void {
    if (this.underWay.has(name)) return;
    this.underWay.add(name);
    this.options.group.propose(encodeCommand(command)).then(
      ({ result }) => {
        if (!result.ok) return this.failed(name);
        this.underWay.delete(name);
        this.review();
      },
      () => this.failed(name),
    );
  }

  /** No leader, an outcome that is not known, or a refusal: it is compared again after a pause. */
  private failed(name: string): void {
    this.underWay.delete(name);
    if (this.stopped || this.retry !== null) return;
    this.retry = this.options.clock.setTimer(
      RETRY_AFTER_MS,
      () => {
        this.retry = null;
        this.review();
      },
      { unref: true },
    );
  }

  stop(): void {
    this.stopped = true;
    this.retry?.cancel();
  }
}
