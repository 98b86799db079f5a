/**
 * The story: one node; more, in steps, while orders come in; a third of them are drained and leave; one is killed. Then the stock-taking.
 * Each step waits until the deployment has come to rest, and gives up with what it waited for.
 */
import { HttpJson } from '../01-orders/http-json.js';
import { Fleet } from './fleet.js';
import { Load, type LoadReport } from './load.js';
import type { Screen } from './screen.js';
import { lineOf, tableOf } from './table.js';
import { Watch, type Picture, type SeenNode } from './watch.js';

/** Voters of a cluster, and so: a cluster for each three nodes. */
const CLUSTER_SIZE = 3;
/** A step takes seconds on a machine that has time. */
const STEP_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 200;
/** So that orders begin and end on what the step has made. */
const REST_MS = 3_000;

export class ScaleOut {
  /** Of the operator, who waits for a node that leaves. */
  private readonly http = new HttpJson(STEP_WITHIN_MS);
  private readonly fleet = new Fleet();
  private readonly load = new Load(() => this.fleet.openNodes);
  private readonly watch: Watch;

  /** @param sizes of the deployment, ascending; the last one is what is drained and killed. */
  constructor(
    private readonly sizes: readonly number[],
    private readonly screen: Screen,
  ) {
    this.watch = new Watch(
      () => this.fleet.nodes,
      (picture) => screen.show(tableOf(picture, this.load.figures), lineOf(picture, this.load.figures)),
    );
  }

  /** Rejects when something does not come to pass in time, or a process ends that was to run. */
  async run(): Promise<LoadReport> {
    this.watch.start();
    for (const size of this.sizes) await this.growTo(size);
    const clusters = this.watch.picture.clusters.length;
    await this.drain(Math.floor(this.sizes.at(-1)! / 3), clusters);
    await this.kill(clusters);
    this.screen.say('no more orders come in; the open ones end …');
    await this.load.stop();
    this.watch.stop();
    this.screen.write(['', ...tableOf(this.watch.picture, this.load.figures), '']);
    return this.load.report(this.fleet.warehouse);
  }

  /** What the nodes complained of. */
  lastWords(): readonly string[] {
    return this.fleet.lastWords();
  }

  async close(): Promise<void> {
    this.load.abandon();
    this.watch.stop();
    this.http.close();
    await this.fleet.close();
  }

  private async growTo(size: number): Promise<void> {
    const more = size - this.fleet.nodes.length;
    this.screen.say(size === 1 ? 'one node begins …' : `${more} more nodes join …`);
    await this.fleet.add(more);
    if (size === this.sizes[0]) this.load.start();
    const clusters = Math.max(1, Math.floor(size / CLUSTER_SIZE));
    const what = `${size === 1 ? '1 node' : `${size} nodes`}, and ${clusters === 1 ? '1 cluster' : `${clusters} clusters`} with all members and slots`;
    await this.until(what, (picture) => picture.nodes.length === size && picture.clusters.length === clusters && isAtRest(picture));
  }

  /** The youngest: they hand over what they host, then they leave, then their processes end. */
  private async drain(count: number, clusters: number): Promise<void> {
    const leaving = this.watch.picture.nodes.slice(-count);
    const ids = leaving.map(({ nodeId }) => nodeId).join(', ');
    this.screen.say(`nodes ${ids} are drained …`);
    const stateOf = (id: number): string | undefined => this.watch.picture.nodes.find(({ nodeId }) => nodeId === id)?.state;
    for (const { nodeId } of leaving)
      await this.tell(`${this.fleet.openNodes[0]!.url}/fleet/${nodeId}/drain`, () => stateOf(nodeId) === 'draining');
    const hostNothing = ({ nodes }: Picture): boolean =>
      nodes.every(({ nodeId, hosted }) => hosted === 0 || !leaving.some((one) => one.nodeId === nodeId));
    await this.until(
      `nodes ${ids} host nothing`,
      (picture) => hostNothing(picture) && picture.clusters.length === clusters && isAtRest(picture),
    );
    for (const { name, nodeId, url } of leaving) {
      this.fleet.shut(name);
      await this.tell(`${url}/fleet/leave`, () => stateOf(nodeId) === undefined);
      await this.fleet.stop(name);
    }
    await this.until(`nodes ${ids} have left`, ({ nodes }) => !nodes.some(({ nodeId }) => leaving.some((one) => one.nodeId === nodeId)));
  }

  /** Who leads most, the management cluster included. */
  private async kill(clusters: number): Promise<void> {
    const led = ({ clusters: hosted }: SeenNode): number[] => hosted.filter(({ isLeader }) => isLeader).map(({ clusterId }) => clusterId);
    const victim = [...this.watch.picture.nodes].sort((a, b) => led(b).length - led(a).length)[0]!;
    this.fleet.kill(victim.name);
    this.screen.say(
      `node ${victim.nodeId} is killed (SIGKILL); it led ${led(victim)
        .map((id) => `cluster ${id}`)
        .join(', ')} and owned ${victim.owns} orders …`,
    );
    const isReplaced = ({ nodes }: Picture): boolean => nodes.every(({ nodeId, hosted }) => nodeId !== victim.nodeId || hosted === 0);
    await this.until(
      `others have the places of node ${victim.nodeId}`,
      (picture) => isReplaced(picture) && picture.clusters.length === clusters && isAtRest(picture),
    );
  }

  /** What an operator asks may be asked again: on a machine that has other work too an answer is late or gets lost. */
  private async tell(url: string, isDone: () => boolean): Promise<void> {
    for (const began = performance.now(); !isDone(); await pause(LOOK_EVERY_MS)) {
      try {
        await this.http.post(url, {});
        return;
      } catch (error) {
        if (performance.now() - began > STEP_WITHIN_MS) throw error;
      }
    }
  }

  private async until(what: string, isSo: (picture: Picture) => boolean): Promise<void> {
    const began = performance.now();
    while (!isSo(this.watch.picture)) {
      this.fleet.check();
      const seconds = Math.round((performance.now() - began) / 1_000);
      if (seconds * 1_000 > STEP_WITHIN_MS) throw new Error(`after ${seconds} s it has not come to that: ${what}`);
      await pause(LOOK_EVERY_MS);
    }
    this.screen.say(`  ${what}: after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    await pause(REST_MS);
  }
}

/** Every cluster is full, led and has its slots, and nothing is on its way. */
function isAtRest({ nodes, clusters, moves }: Picture): boolean {
  const able = nodes.filter(({ state }) => state === 'active').length;
  return (
    moves === 0 &&
    clusters.every(
      ({ members, leader, slots, slotTarget }) =>
        members.length === Math.min(CLUSTER_SIZE, able) &&
        members.every(({ state }) => state === 'voter') &&
        leader !== 0 &&
        slots > 0 &&
        slots === slotTarget,
    )
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
