/**
 * One start of a simulated node's process, as the user's providers see it: its node, its clock, and its line to the outside world. Owns: the
 * calls that are under way.
 *
 * O1. A call through remote() takes time to get there, takes effect there, and takes time to come back. What the process sent may take effect
 *     though it has died meanwhile; a dead process never hears an answer, a paused one hears it late.
 * O2. The outside world never fails and never forgets: it is not what is tested.
 */
import type { SeededRandom } from '../seeded-random.js';
import type { VirtualNode } from '../virtual-time.js';
import { describeThrown, showValue, type Steps } from './steps.js';

/** The same methods, each answering with a promise. */
export type Remote<Target extends object> = {
  readonly [Key in keyof Target]: Target[Key] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : Target[Key];
};

export interface RemoteOptions {
  /** For the steps of a failing seed. Default: the name of the object's class. */
  readonly name?: string;
  /** Virtual ms to the target: between these two. Default 0.5 to 5. */
  readonly requestMs?: readonly [number, number];
  /** Virtual ms back. Default 0.5 to 5. */
  readonly answerMs?: readonly [number, number];
}

const WAY_MS = [0.5, 5] as const;

/** Handed to `providers`: one per start of a node's process. */
export interface SimulatedProcess<World = unknown> {
  readonly nodeId: number;
  /** 1, 2, … : which start of the process this is. */
  readonly start: number;
  readonly seed: number;
  /** What `world` made: the same object on every node and after every crash. */
  readonly world: World;
  /** A stream of this process alone. */
  readonly random: SeededRandom;
  /** The node's wall clock, ms since the epoch: it may be wrong, and jump. */
  now(): number;
  /** Waits in virtual time. Never resolves once the process has died. */
  sleep(ms: number): Promise<void>;
  /** An object of the world, behind a connection of this process (O1). */
  remote<Target extends object>(target: Target, options?: RemoteOptions): Remote<Target>;
  /** Adds a line to the steps. */
  log(text: string): void;
}

export class ProcessOutside<World> implements SimulatedProcess<World> {
  /** The next call takes effect and its caller gets an error; called when it comes to that. For the fault 'lost-answer'. */
  onNextAnswerLost: (() => void) | null = null;

  constructor(
    readonly nodeId: number,
    readonly start: number,
    readonly seed: number,
    readonly world: World,
    readonly random: SeededRandom,
    private readonly virtual: VirtualNode,
    private readonly parts: {
      readonly steps: Steps;
      /** The process in which the world lives. */
      readonly outside: VirtualNode;
      readonly traffic: OutsideTraffic;
    },
  ) {}

  now(): number {
    return this.virtual.now();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.virtual.setTimer(ms, resolve));
  }

  log(text: string): void {
    this.parts.steps.add(`node ${this.nodeId}`, text);
  }

  remote<Target extends object>(target: Target, options: RemoteOptions = {}): Remote<Target> {
    const name = options.name ?? target.constructor.name;
    const call = (method: string, body: (...args: unknown[]) => unknown, args: unknown[]): Promise<unknown> =>
      this.call(`${name}.${method}(${args.map(showValue).join(', ')})`, () => body.apply(target, args), options);
    return new Proxy(target, {
      get: (_target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function' || typeof property === 'symbol' || property === 'constructor') return value;
        return (...args: unknown[]) => call(property, value as (...args: unknown[]) => unknown, args);
      },
    }) as unknown as Remote<Target>;
  }

  private call(what: string, effect: () => unknown, { requestMs = WAY_MS, answerMs = WAY_MS }: RemoteOptions): Promise<unknown> {
    const { outside, steps, traffic } = this.parts;
    const toMs = this.random.between(...requestMs);
    const backMs = this.random.between(...answerMs);
    traffic.underWay++;
    return new Promise((resolve, reject) => {
      outside.setTimer(toMs, () => {
        void this.takeEffect(what, effect).then(({ failed, value }) => {
          traffic.underWay--;
          const isLost = this.onNextAnswerLost !== null;
          this.onNextAnswerLost?.();
          this.onNextAnswerLost = null;
          if (!this.virtual.alive) return steps.add(`node ${this.nodeId}`, `is dead, and never hears the answer of ${what}`);
          this.virtual.setTimer(backMs, () => {
            if (isLost) reject(new Error(`the connection broke before the answer of ${what} came`));
            else if (failed) reject(value as Error);
            else resolve(value);
          });
        });
      });
    });
  }

  private async takeEffect(what: string, effect: () => unknown): Promise<{ readonly failed: boolean; readonly value: unknown }> {
    const { steps } = this.parts;
    try {
      const value = await effect();
      steps.step('outside', 'outside', `${what} for node ${this.nodeId} = ${showValue(value)}`);
      return { failed: false, value };
    } catch (error) {
      steps.step('outside', 'outside', `${what} for node ${this.nodeId} fails: ${describeThrown(error)}`);
      return { failed: true, value: error };
    }
  }
}

/** Calls of all processes that have not taken effect yet. */
export interface OutsideTraffic {
  underWay: number;
}
