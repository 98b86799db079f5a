/**
 * How a process without files becomes a member: an id from any member, then one admission step after the other until it is a voter, or a learner for good.
 *
 * J1. Every call is made again, at another contact, until it is answered or the node stops; a token and a node id make it idempotent.
 * J2. What can not become right by waiting ends it: another deployment, a removed node, seeds that all refuse this process.
 * J3. What it waits for is said once when it changes.
 * Tests: test/cluster/joining.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import type { NetworkTransport, NodeAddress } from '../../transport/network-transport-port.js';
import type { Clock } from '../clock.js';
import type { Random } from '../random.js';
import type { Contacts } from './contacts.js';
import { STEP_TIMEOUT_MS, removedForGood, type Standing } from './join-desk.js';
import { CallReader, JOIN_ADMIT, JOIN_RESERVE, JOIN_STANDING, type CallBody, type JoiningStop, type NodeIdentity } from './joining-port.js';

const CALL_TIMEOUT_MS = STEP_TIMEOUT_MS + 2_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2_000;
/** Between two steps of an admission that goes on. */
const STEP_PAUSE_MS = 200;
/** Rounds in which every contact refused this process by its credentials. */
const REFUSED_ROUNDS_MAX = 5;
const STANDINGS = ['voter', 'learner', 'removed', 'none'] as const;
const NODES_MAX = 4_096;

export interface JoinerOptions {
  readonly network: NetworkTransport;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly random: Random;
  readonly stop: JoiningStop;
  readonly progress: (text: string) => void;
}

export interface AdmissionWish {
  readonly nodeId: number;
  /** 0: nobody's place. */
  readonly replaces: number;
  readonly votersMax: number;
  readonly isVolatile: boolean;
}

export interface Admission {
  readonly standing: Standing;
  /** Of the deployment, as the member that answered knows it. */
  readonly layers: 1 | 2;
}

export class Joiner {
  private pauseMs = PAUSE_MS_MIN;

  constructor(private readonly options: JoinerOptions) {}

  /** @param deployment '' = whichever the contacts are of. */
  async reserve(deployment: string, isClient = false): Promise<NodeIdentity & { readonly layers: 1 | 2 }> {
    const { random, contacts, network, stop, progress } = this.options;
    let answer: CallBody;
    for (;;) {
      const token = random.uuid();
      const request = isClient ? { token, deployment, isClient } : { token, deployment };
      answer = await this.ask(JOIN_RESERVE, () => request, 'waits for a member of a cluster to give it an id');
      if (!isClient || answer['isClient'] === true) break;
      // The id that it gave is left alone: it is of a node that never arrives, and is forgotten.
      progress('was answered by a member whose build knows no nodes of role client, and waits for another one');
      await stop.pause(PAUSE_MS_MAX);
    }
    const read = new CallReader(JOIN_RESERVE, answer);
    contacts.learnNodes(nodesOf(answer).filter(({ address }) => address !== network.advertised));
    return { nodeId: read.integer('nodeId', 1), deployment: read.id('deployment'), layers: layersOf(read, answer) };
  }

  /** Resolves once the node is a voter, or a learner that is to stay one. Rejects with JOIN_REFUSED if it was removed. */
  async admit(wish: AdmissionWish): Promise<Admission> {
    const { network, stop } = this.options;
    for (;;) {
      const request = { ...wish, address: network.advertised };
      const answer = await this.ask(JOIN_ADMIT, () => request, 'waits for a member to take it in');
      const read = new CallReader(JOIN_ADMIT, answer);
      const standing = read.choice('standing', STANDINGS);
      if (read.flag('isDone')) return { standing, layers: layersOf(read, answer) };
      this.options.progress(String(answer['progress']).slice(0, 500));
      await stop.pause(STEP_PAUSE_MS);
    }
  }

  /** What one of the contacts says of this node; null: nobody can say now. */
  async standing(nodeId: number): Promise<Standing | null> {
    for (const address of await this.options.contacts.all()) {
      this.options.stop.throwIfStopped();
      try {
        const answer = await this.options.network.call(address, JOIN_STANDING, { nodeId }, { timeoutMs: CALL_TIMEOUT_MS });
        return new CallReader(JOIN_STANDING, answer).choice('standing', STANDINGS);
      } catch (error) {
        if (!isRaftoralError(error)) throw error;
      }
    }
    return null;
  }

  /** J1. The first answer of any contact. */
  private async ask(method: string, request: () => CallBody, waitingFor: string): Promise<CallBody> {
    const { network, contacts, stop, progress } = this.options;
    this.pauseMs = PAUSE_MS_MIN;
    for (let refusedRounds = 0; ;) {
      const addresses = await contacts.all();
      const answers: string[] = [...contacts.unresolved].map(([seed, why]) => `${seed}: ${why}`);
      let refusals = 0;
      for (const address of addresses) {
        stop.throwIfStopped();
        try {
          return await network.call(address, method, request(), { timeoutMs: CALL_TIMEOUT_MS });
        } catch (error) {
          throwIfHopeless(error);
          if (isRaftoralError(error, 'PEER_REFUSED')) refusals++;
          answers.push(`${address}: ${(error as RaftoralError).message}`);
        }
      }
      refusedRounds = addresses.length > 0 && refusals === addresses.length ? refusedRounds + 1 : 0;
      if (refusedRounds >= REFUSED_ROUNDS_MAX)
        throw new RaftoralError('JOIN_REFUSED', `every seed refuses this process: ${answers.join('; ')}`, {
          details: { reason: 'refused' },
        });
      progress(`${waitingFor}: ${answers.length === 0 ? 'it knows nobody to ask' : answers.join('; ').slice(0, 1_000)}`);
      await stop.pause(this.nextPauseMs());
    }
  }

  private nextPauseMs(): number {
    const ms = this.pauseMs;
    this.pauseMs = Math.min(PAUSE_MS_MAX, 2 * ms);
    return ms / 2 + this.options.random.int(Math.ceil(ms / 2) + 1);
  }
}

/** A member of an older build does not say, and knows one. */
function layersOf(read: CallReader, answer: CallBody): 1 | 2 {
  return answer['layers'] === undefined || read.integer('layers', 1, 2) === 1 ? 1 : 2;
}

/** J2. */
function throwIfHopeless(error: unknown): void {
  if (!isRaftoralError(error)) throw error;
  if (error.code !== 'JOIN_REFUSED') return;
  if (error.details['reason'] === 'removed') throw removedForGood(Number(error.details['nodeId']));
  throw error;
}

function nodesOf(answer: CallBody): NodeAddress[] {
  const nodes = answer['nodes'];
  if (!Array.isArray(nodes)) return [];
  return nodes.slice(0, NODES_MAX).flatMap((node: Partial<NodeAddress> | null) => {
    if (typeof node !== 'object' || node === null) return [];
    const { nodeId, address, incarnation } = node;
    const isOne = Number.isSafeInteger(nodeId) && nodeId! >= 1 && typeof address === 'string' && Number.isSafeInteger(incarnation);
    return isOne ? [{ nodeId: nodeId!, address, incarnation: incarnation! }] : [];
  });
}
