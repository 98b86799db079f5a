/**
 * The client of a simulated seed: asks any node that is up, and sends again with the same request id until one answers, as a careful client
 * of a real cluster does. What no later attempt can change is thrown.
 *
 * C1. A call never ends in OUTCOME_UNKNOWN: the next node knows what became of it (R26).
 * C2. A run that was set aside because its owners kept dying is reset, as an operator would (R20).
 */
import { isRaftoralError, RaftoralError, type RaftoralErrorCode } from '../../errors/index.js';
import type { EventStream, StreamOptions } from '../../cluster/event-bus.js';
import type {
  CallOptions,
  ClusterStanding,
  CountFilter,
  ListFilter,
  ListPage,
  OperationStanding,
  QueryOptions,
  RunDescription,
  RunExplanation,
  RunRef,
  StartAnswer,
  StartChildOptions,
  StartOptions,
  StateCheckEvent,
  WorkflowService,
  WorkflowStreamItem,
  WriteOptions,
} from '../../workflow/service.js';
import { TEST_CLUSTER_ID } from '../nest-workflows.js';
import type { SeededRandom } from '../seeded-random.js';
import type { SimulatedCluster } from './cluster.js';
import { showValue } from './steps.js';

/** For one answer of one node. */
const PATIENCE_MS = 800;
/** Answers that another node, or the same one later, may take back. */
const PASSING: ReadonlySet<RaftoralErrorCode> = new Set([
  'SHUTTING_DOWN',
  'NOT_MEMBER',
  'GROUP_HALTED',
  'STORAGE_FAILED',
  'OUTCOME_UNKNOWN',
]);

export class OutsideService<World> implements WorkflowService {
  readonly clusterId = TEST_CLUSTER_ID;
  readonly nodeId = 0;
  private readonly random: SeededRandom;

  constructor(private readonly cluster: SimulatedCluster<World>) {
    this.random = cluster.random.fork('client');
  }

  start(name: string, input: unknown, options: StartOptions = {}): Promise<StartAnswer> {
    const fixed = { ...options, requestId: options.requestId ?? this.random.uuid(), workflowId: options.workflowId ?? this.random.uuid() };
    return this.retry((service) => service.start(name, input, { ...fixed, timeoutMs: PATIENCE_MS }));
  }

  async result(ref: RunRef, options: CallOptions = {}): Promise<unknown> {
    return this.retry(async (service) => {
      try {
        return await service.result(ref, { timeoutMs: PATIENCE_MS });
      } catch (error) {
        await this.resetIfSuspected(service, ref, error);
        if (isRaftoralError(error, 'OUTCOME_UNKNOWN')) await this.resetSuspected(service);
        throw error;
      }
    }, options.timeoutMs);
  }

  query(ref: RunRef, query: string, args: readonly unknown[], options: QueryOptions = {}): Promise<unknown> {
    return this.retry((service) => service.query(ref, query, args, { ...options, timeoutMs: PATIENCE_MS }));
  }

  startChild(name: string, input: unknown, options: StartChildOptions): Promise<StartAnswer> {
    return this.retry((service) => service.startChild(name, input, { ...options, timeoutMs: PATIENCE_MS }));
  }

  operationStanding(
    run: { readonly workflowId: string; readonly runId: string },
    key: string,
    occurrence: number,
  ): Promise<OperationStanding> {
    return this.retry((service) => service.operationStanding(run, key, occurrence));
  }

  async signal(ref: RunRef, signal: string, payload: unknown, options: WriteOptions = {}): Promise<void> {
    const { requestId } = this.fixed(options);
    this.tell(`sends signal '${signal}'${payload === undefined ? '' : ` ${showValue(payload)}`}`);
    await this.retry((service) => service.signal(ref, signal, payload, { requestId, timeoutMs: PATIENCE_MS }));
    this.tell(`signal '${signal}' is acknowledged`);
  }

  async cancel(ref: RunRef, reason?: string, options: WriteOptions = {}): Promise<void> {
    const { requestId } = this.fixed(options);
    await this.retry((service) => service.cancel(ref, reason, { requestId, timeoutMs: PATIENCE_MS }));
    this.tell('the cancel is acknowledged');
  }

  async terminate(ref: RunRef, options: WriteOptions = {}): Promise<void> {
    const { requestId } = this.fixed(options);
    await this.retry((service) => service.terminate(ref, { requestId, timeoutMs: PATIENCE_MS }));
    this.tell('the run is terminated');
  }

  reset(ref: RunRef, options: WriteOptions = {}): Promise<void> {
    const { requestId } = this.fixed(options);
    return this.retry((service) => service.reset(ref, { requestId, timeoutMs: PATIENCE_MS }));
  }

  describe(ref: RunRef, options: QueryOptions = {}): Promise<RunDescription> {
    return this.retry((service) => service.describe(ref, { ...options, timeoutMs: PATIENCE_MS }));
  }

  explain(ref: RunRef, options: QueryOptions = {}): Promise<RunExplanation> {
    return this.retry((service) => service.explain(ref, { ...options, timeoutMs: PATIENCE_MS }));
  }

  history(ref: RunRef, options: QueryOptions = {}): Promise<string> {
    return this.retry((service) => service.history(ref, { ...options, timeoutMs: PATIENCE_MS }));
  }

  list(filter: ListFilter = {}): Promise<ListPage> {
    return this.retry((service) => service.list(filter));
  }

  count(filter: CountFilter = {}): Promise<number> {
    return this.retry((service) => service.count(filter));
  }

  standing(): ClusterStanding {
    return this.anyNode().standing();
  }

  runEvents(ref: RunRef, after?: number, options?: StreamOptions): EventStream<WorkflowStreamItem> {
    return this.anyNode().runEvents(ref, after, options);
  }

  get events$(): EventStream<WorkflowStreamItem> {
    return this.anyNode().events$;
  }

  events(options: StreamOptions): EventStream<WorkflowStreamItem> {
    return this.anyNode().events(options);
  }

  get stateChecks$(): EventStream<StateCheckEvent> {
    return this.anyNode().stateChecks$;
  }

  /** A stream ends with the node that it comes from. */
  private anyNode(): WorkflowService {
    const [node] = this.cluster.nodes;
    if (node === undefined) throw new RaftoralError('NO_LEADER', 'No simulated node is up just now; subscribe again later.');
    return node.engine.service;
  }

  private tell(text: string): void {
    this.cluster.steps.add('client', text);
  }

  private fixed({ requestId }: WriteOptions): { readonly requestId: string } {
    return { requestId: requestId ?? this.random.uuid() };
  }

  private async resetIfSuspected(service: WorkflowService, ref: RunRef, error: unknown): Promise<void> {
    if (!isRaftoralError(error, 'WORKFLOW_BLOCKED') || error.details['blockedReason'] !== 'crash-suspect') return;
    this.cluster.steps.add('operator', 'resets the run, which was set aside because its owners kept dying');
    await service.reset(ref, { requestId: this.random.uuid(), timeoutMs: PATIENCE_MS });
    throw new RaftoralError('OVERLOADED', 'the run was reset');
  }

  /** It may wait for a child that was set aside. */
  private async resetSuspected(service: WorkflowService): Promise<void> {
    const { items } = await service.list({ status: 'blocked', consistency: 'local' });
    for (const { workflowId, blockedReason } of items) {
      if (blockedReason !== 'crash-suspect') continue;
      this.cluster.steps.add('operator', `resets '${workflowId}', which was set aside because its owners kept dying`);
      await service.reset({ workflowId }, { requestId: this.random.uuid(), timeoutMs: PATIENCE_MS });
    }
  }

  private async retry<T>(call: (service: WorkflowService) => Promise<T>, timeoutMs = Infinity): Promise<T> {
    const { cluster, random } = this;
    const endMs = cluster.time.nowMs + timeoutMs;
    for (;;) {
      while (cluster.nodes.length === 0) await cluster.sleep(10);
      const node = random.pick(cluster.nodes);
      try {
        return await this.within(call(node.engine.service), 2 * PATIENCE_MS);
      } catch (error) {
        if (isRaftoralError(error) && !error.retryable && !PASSING.has(error.code)) throw error;
        if (cluster.time.nowMs >= endMs) throw error;
      }
      await cluster.sleep(random.between(1, 40));
    }
  }

  /** As when the process that would answer has died. */
  private within<T>(promise: Promise<T>, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.cluster.outside.setTimer(ms, () => reject(new RaftoralError('OUTCOME_UNKNOWN', `no answer within ${ms} ms`)));
      promise.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
