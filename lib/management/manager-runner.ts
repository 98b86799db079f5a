/**
 * Runs the cluster manager on the node that leads cluster 0: observes, plans (placement/manager), carries out. One round at a time.
 *
 * R1. Nothing but observations is remembered: what was begun stands in the topology and in the groups' logs, so another leader goes on.
 * R2. Before anything is carried out the leader makes sure that it still leads and has applied all that was committed (readIndex), and plans on that. Once it leads no more,
 *     nothing of the round is begun.
 * R3. A round every `roundEveryMs`, and soon after a change of the topology, of who is alive, or of a group by a step of this node. One that finds nothing to do costs
 *     requests to the leaders of the groups, and no entry of the log. What is refused changed nothing: it is decided again in the next round, not at once.
 * R4. What goes wrong is said once, not each round; the next round decides anew.
 * Tests: test/management/management.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Logger } from '../cluster/logger.js';
import { isRaftoralError } from '../errors/index.js';
import { encodeTopologyCommand } from './command-codec.js';
import type { TopologyCommand } from './command.js';
import type { FirstCluster, Founding } from './founding.js';
import type { GroupSteps } from './group-steps.js';
import type { Observer } from './observer.js';
import { planRound } from './placement/manager/manager.js';
import type { Decision, GroupStep, ManagerPlan, ManagerPolicy, ManagerView } from './placement/manager/view.js';
import type { TopologyAnswer, TopologyView } from './state.js';

/** What changed in one moment is looked at together, ms. */
const SOON_MS = 50;
/** For one step of a group, and for what has to be committed, ms. */
const STEP_TIMEOUT_MS = 10_000;

export interface ManagerRunnerParts {
  readonly group: RaftGroup<TopologyAnswer>;
  readonly topology: () => TopologyView;
  readonly observer: Observer;
  readonly steps: GroupSteps;
  readonly founding: Founding;
  /** null: this node can not say. */
  readonly firstCluster: () => FirstCluster | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly policy: ManagerPolicy;
  readonly roundEveryMs: number;
}

export class ManagerRunner {
  private timer: Timer | null = null;
  private timerAtMs = Infinity;
  private isInRound = false;
  /** Something changed while a round was under way. */
  private isAskedAgain = false;
  private isStopped = false;
  private complaints = new Set<string>();
  private complaintsBefore: ReadonlySet<string> = new Set();

  constructor(private readonly parts: ManagerRunnerParts) {}

  /** Something changed: a round soon, on the leader. */
  ask(): void {
    if (this.isInRound) this.isAskedAgain = true;
    else this.arm(SOON_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  /** What a round would do now, on the leader. Nothing is carried out. */
  async plan(): Promise<ManagerPlan> {
    return planRound(await this.parts.observer.view(), this.parts.policy);
  }

  private arm(delayMs: number): void {
    const { clock, group } = this.parts;
    if (this.isStopped || !group.isLeader) return;
    const atMs = clock.monotonic() + delayMs;
    if (this.timerAtMs <= atMs) return;
    this.timer?.cancel();
    this.timerAtMs = atMs;
    this.timer = clock.setTimer(delayMs, this.onTimer, { unref: true });
  }

  private readonly onTimer = (): void => {
    this.timerAtMs = Infinity;
    if (this.isStopped || this.isInRound || !this.parts.group.isLeader) return;
    this.isInRound = true;
    this.isAskedAgain = false;
    void this.round(this.parts.group.term).then((hasChanged) => this.ended(hasChanged));
  };

  private ended(hasChanged: boolean): void {
    this.isInRound = false;
    this.complaintsBefore = this.complaints;
    this.complaints = new Set();
    this.arm(hasChanged || this.isAskedAgain ? SOON_MS : this.parts.roundEveryMs);
  }

  /** True: the topology was changed. Never rejects. */
  private async round(term: number): Promise<boolean> {
    try {
      if (this.parts.topology().deployment === '') return await this.found(term);
      const view = await this.parts.observer.view();
      const draft = this.planOf(view);
      for (const why of draft.waiting) this.complain('info', why);
      if (draft.decisions.length === 0 || !(await this.leadsStill(term))) return false;
      // The topology is read where it stands now: what was committed meanwhile is in it.
      const { decisions } = this.planOf({ ...view, topology: this.parts.topology() });
      let hasChanged = false;
      for (const decision of decisions) {
        if (!this.isLeading(term)) return false;
        if (await this.carryOut(decision, view)) hasChanged = true;
      }
      return hasChanged;
    } catch (error) {
      this.complain('warn', `the cluster manager could not end its round: ${textOf(error)}`);
      return false;
    }
  }

  private planOf(view: ManagerView): ManagerPlan {
    return planRound(view, this.parts.policy);
  }

  private async found(term: number): Promise<boolean> {
    const first = this.parts.firstCluster();
    if (first === null) {
      this.complain('info', 'the deployment is not founded yet: this node does not know cluster 1');
      return false;
    }
    const command = await this.parts.founding.command(first);
    if (!(await this.leadsStill(term)) || this.parts.topology().deployment !== '') return false;
    return this.propose(command, `cluster 0 begins with nodes ${first.nodes.join(', ')}`);
  }

  /** True: the topology was changed. Of a step the group says so when it has taken it (begin). */
  private async carryOut({ command, step, explanation }: Decision, view: ManagerView): Promise<boolean> {
    if (command !== undefined) return this.propose(command, explanation);
    const leader = view.groups.get(step.clusterId)?.leader ?? 0;
    if (leader !== 0) this.begin(step, leader, explanation);
    return false;
  }

  private async propose(command: TopologyCommand, explanation: string): Promise<boolean> {
    const { group, topology, logger } = this.parts;
    const { result } = await group.propose(encodeTopologyCommand(command, topology().codecLevel), { deadlineMs: STEP_TIMEOUT_MS });
    if (!result.ok) {
      // Stale: something was changed by somebody else meanwhile, and the next round sees it.
      if (result.code !== 'TOPOLOGY_STALE')
        this.complain('warn', `the cluster manager decided: ${explanation}; refused: ${result.message}`);
      return false;
    }
    if (result.changed) logger.log('info', `the cluster manager decided: ${explanation}`, { version: result.version });
    return result.changed;
  }

  /** Not waited for: one group that is slow holds up no other. */
  private begin(step: GroupStep, leader: number, explanation: string): void {
    const { steps, logger } = this.parts;
    if (steps.isUnderWay(step.clusterId)) return;
    steps.ask(leader, step, STEP_TIMEOUT_MS).then(
      () => {
        logger.log('info', `the cluster manager had it done: ${explanation}`);
        this.ask();
      },
      (error: unknown) => this.complain('warn', `the cluster manager asked for: ${explanation}; ${textOf(error)}`),
    );
  }

  /** R2. */
  private async leadsStill(term: number): Promise<boolean> {
    if (!this.isLeading(term)) return false;
    await this.parts.group.readIndex({ deadlineMs: STEP_TIMEOUT_MS });
    return this.isLeading(term);
  }

  private isLeading(term: number): boolean {
    const { group } = this.parts;
    return !this.isStopped && group.isLeader && group.term === term;
  }

  /** R4. */
  private complain(level: 'info' | 'warn', text: string): void {
    const isNew = !this.complaints.has(text) && !this.complaintsBefore.has(text);
    this.complaints.add(text);
    if (isNew && !this.isStopped) this.parts.logger.log(level, text);
  }
}

function textOf(error: unknown): string {
  return isRaftoralError(error) ? `${error.code}: ${error.message}` : String(error);
}
