/**
 * Bench: live moves of slots (R41). Two clusters of three nodes each in one process, in-process network, memory storage; all slots with `workflows` open runs go from one to the
 * other and back, `rounds` times. A client signals one of the runs after the other meanwhile, sent on by WRONG_CLUSTER. Measured: from the freeze to the decision of the
 * target's log, which is the longest that any workflow of the move stands still; and what a signal takes during a move, the forwarding of the bench's own client in it.
 * All nodes share one thread: on machines of their own the parts are encoded, decoded and applied beside each other. Not measured: disk and sockets.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom } from '../../lib/cluster/index.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { context } from '../../lib/workflow/context.js';
import { MOVES_LEVEL } from '../../lib/workflow/command.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { MOVE_METHOD, decodeReport, encodeOrder } from '../../lib/workflow/slot-move/move-port.js';
import { SlotMover } from '../../lib/workflow/slot-move/mover.js';
import { SLOT_COUNT } from '../../lib/workflow/slot.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { definitionOf } from '../support/definition.js';
import { percentile, round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000010';
const MEMBERS: Readonly<Record<number, readonly number[]>> = { 1: [1, 2, 3], 2: [4, 5, 6] };
const RANGES = [{ first: 0, count: SLOT_COUNT }];
const PAYLOAD = 'x'.repeat(180);
/** Between two moves: one after the other without a rest, the slots would be frozen for most of the time. */
const REST_MS = 500;

@Workflow('listens', 1)
class Listens {
  async run(): Promise<void> {
    for (;;) await context().waitForSignal('word');
  }
}

async function boot(network: InProcessNetwork, nodeId: number, groupId: number) {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const scheduler = new EventLoopScheduler();
  const storage = new MemoryRaftStorage();
  const transport = network.createTransport();
  const host = new RaftHost({ nodeId, deployment: DEPLOYMENT, incarnation: 1, clock, scheduler, random, storage, transport });
  await host.start();
  const tap = new EventTap();
  const state = new WorkflowStateMachine({ groupId, nodeId, sink: tap.sink });
  const group = await host.createGroup<CommandAnswer>({ groupId, stateMachine: state, members: MEMBERS[groupId]! });
  const registry = new WorkflowRegistry([definitionOf(Listens)]);
  const runtime = new WorkflowRuntime({ group, state, tap, registry, clock, scheduler, random, incarnation: 1, deployment: DEPLOYMENT });
  runtime.start();
  const node = {
    nodeId,
    request: (to: number, method: string, body: Uint8Array, timeoutMs: number) => host.request(to, method, body, timeoutMs),
    handle: (method: string, handler: Parameters<RaftHost['handle']>[1]) => host.handle(method, handler),
  };
  const mover = new SlotMover(node, clock, (clusterId) => (clusterId === groupId ? { group, state } : null));
  const stop = async (): Promise<void> => {
    mover.stop();
    runtime.stop();
    await host.stop();
  };
  return { host, groupId, group, state, service: new WorkflowRuntimeService(runtime), stop };
}

type BenchNode = Awaited<ReturnType<typeof boot>>;

async function leaderOf(nodes: readonly BenchNode[], clusterId: number): Promise<BenchNode> {
  for (;;) {
    const leader = nodes.find(({ groupId, group }) => groupId === clusterId && group.isLeader);
    if (leader !== undefined && leader.state.codecLevel >= MOVES_LEVEL) return leader;
    await sleep(10);
  }
}

async function move(nodes: readonly BenchNode[], moveId: number, from: number, to: number): Promise<number> {
  for (;;) {
    const { host } = await leaderOf(nodes, from);
    const order = {
      moveId,
      from,
      to,
      ranges: RANGES,
      targets: MEMBERS[to]!,
      oldestMoveId: moveId,
      isAborting: false,
      knownPhase: 'copying',
    } as const;
    const report = decodeReport(await host.request(host.nodeId, MOVE_METHOD, encodeOrder(order), 5_000));
    if (report.isFinished && report.phase !== 'activated') throw new Error(`move ${moveId} was aborted: ${report.problem}`);
    if (report.isFinished) return report.pauseMs;
    await sleep(1);
  }
}

/** `events` signals each. */
async function fill(nodes: readonly BenchNode[], workflows: number, events: number): Promise<void> {
  const { service } = await leaderOf(nodes, 1);
  const ids = Array.from({ length: workflows }, (_, i) => `listens-${i}`);
  for (const workflowId of ids) await service.start('listens', undefined, { workflowId });
  for (let i = 0; i < events; i++) await Promise.all(ids.map((workflowId) => service.signal({ workflowId }, 'word', PAYLOAD)));
}

async function measure(workflows: number, events: number, rounds: number): Promise<Measure> {
  const network = new InProcessNetwork();
  const nodes: BenchNode[] = [];
  for (const groupId of [1, 2]) for (const nodeId of MEMBERS[groupId]!) nodes.push(await boot(network, nodeId, groupId));
  await leaderOf(nodes, 2);
  await fill(nodes, workflows, events);
  const pauses: number[] = [];
  const signals: number[] = [];
  const ending = new AbortController();
  let home = 1;
  const client = (async (): Promise<void> => {
    for (let at = 0; !ending.signal.aborted; at++) {
      const began = performance.now();
      const requestId = `word ${at}`;
      for (;;) {
        try {
          const { service } = await leaderOf(nodes, home);
          await service.signal({ workflowId: `listens-${at % workflows}` }, 'word', PAYLOAD, { requestId });
          break;
        } catch (error) {
          if (!(error instanceof RaftoralError) || !error.retryable) throw error;
          if (error.code === 'WRONG_CLUSTER') home = 3 - home;
          await sleep(1);
        }
      }
      signals.push(performance.now() - began);
      await sleep(2);
    }
  })();
  for (let moveId = 1; moveId <= rounds; moveId++) {
    const [from, to] = moveId % 2 === 1 ? [1, 2] : [2, 1];
    pauses.push(await move(nodes, moveId, from!, to!));
    await sleep(REST_MS);
  }
  ending.abort();
  await client;
  for (const { stop } of nodes) await stop();
  pauses.sort((a, b) => a - b);
  signals.sort((a, b) => a - b);
  return {
    bench: 'moves',
    workflows,
    events_each: events,
    moves: rounds,
    pause_p50_ms: round(percentile(pauses, 0.5)),
    pause_max_ms: round(pauses.at(-1)!),
    signals: signals.length,
    signal_p50_ms: round(percentile(signals, 0.5)),
    signal_p99_ms: round(percentile(signals, 0.99)),
    signal_max_ms: round(signals.at(-1)!),
  };
}

/** @param options `open`: workflows; `rounds`: moves. */
export async function run({ open, rounds }: BenchOptions): Promise<readonly Measure[]> {
  const alive = setInterval(() => undefined, 1_000); // the engine's timers keep no process alive
  const measures: Measure[] = [];
  for (const [workflows, events] of [
    [open, 20],
    [Math.max(1, open / 10), 1_000],
    [1, 50_000],
  ] as const)
    measures.push(await measure(workflows, events, rounds));
  clearInterval(alive);
  return measures;
}
