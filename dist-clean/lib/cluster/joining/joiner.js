/**
 * How a process without files becomes a member: an id from any member, then one admission step after the other until it is a voter, or a learner for good.
 *
 * J1. Every call is made again, at another contact, until it is answered or the node stops; a token and a node id make it idempotent.
 * J2. What can not become right by waiting ends it: another deployment, a removed node, seeds that all refuse this process.
 * J3. What it waits for is said once when it changes.
 * Tests: test/cluster/joining.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { STEP_TIMEOUT_MS, removedForGood } from './join-desk.js';
import { CallReader, JOIN_ADMIT, JOIN_RESERVE, JOIN_STANDING } from './joining-port.js';
const CALL_TIMEOUT_MS = STEP_TIMEOUT_MS + 2_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2_000;
/** Between two steps of an admission that goes on. */
const STEP_PAUSE_MS = 200;
/** Rounds in which every contact refused this process by its credentials. */
const REFUSED_ROUNDS_MAX = 5;
const STANDINGS = ['voter', 'learner', 'removed', 'none'];
const NODES_MAX = 4_096;
export class Joiner {
    options;
    pauseMs = PAUSE_MS_MIN;
    constructor(options) {
        this.options = options;
    }
    /** @param deployment '' = whichever the contacts are of. */
    async reserve(deployment) {
        const { random, contacts, network } = this.options;
        const token = random.uuid();
        const answer = await this.ask(JOIN_RESERVE, () => ({ token, deployment }), 'waits for a member of a cluster to give it an id');
        const read = new CallReader(JOIN_RESERVE, answer);
        contacts.learnNodes(nodesOf(answer).filter(({ address }) => address !== network.advertised));
        return { nodeId: read.integer('nodeId', 1), deployment: read.id('deployment') };
    }
    /** Resolves once the node is a voter, or a learner that is to stay one. Rejects with JOIN_REFUSED if it was removed. */
    async admit(wish) {
        const { network, stop } = this.options;
        for (;;) {
            const request = { ...wish, address: network.advertised };
            const answer = await this.ask(JOIN_ADMIT, () => request, 'waits for a member to take it in');
            const read = new CallReader(JOIN_ADMIT, answer);
            const standing = read.choice('standing', STANDINGS);
            if (read.flag('isDone'))
                return standing;
            this.options.progress(String(answer['progress']).slice(0, 500));
            await stop.pause(STEP_PAUSE_MS);
        }
    }
    /** What one of the contacts says of this node; null: nobody can say now. */
    async standing(nodeId) {
        for (const address of await this.options.contacts.all()) {
            this.options.stop.throwIfStopped();
            try {
                const answer = await this.options.network.call(address, JOIN_STANDING, { nodeId }, { timeoutMs: CALL_TIMEOUT_MS });
                return new CallReader(JOIN_STANDING, answer).choice('standing', STANDINGS);
            }
            catch (error) {
                if (!isRaftoralError(error))
                    throw error;
            }
        }
        return null;
    }
    /** J1. The first answer of any contact. */
    async ask(method, request, waitingFor) {
        const { network, contacts, stop, progress } = this.options;
        this.pauseMs = PAUSE_MS_MIN;
        for (let refusedRounds = 0;;) {
            const addresses = await contacts.all();
            const answers = [...contacts.unresolved].map(([seed, why]) => `${seed}: ${why}`);
            let refusals = 0;
            for (const address of addresses) {
                stop.throwIfStopped();
                try {
                    return await network.call(address, method, request(), { timeoutMs: CALL_TIMEOUT_MS });
                }
                catch (error) {
                    throwIfHopeless(error);
                    if (isRaftoralError(error, 'PEER_REFUSED'))
                        refusals++;
                    answers.push(`${address}: ${error.message}`);
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
    nextPauseMs() {
        const ms = this.pauseMs;
        this.pauseMs = Math.min(PAUSE_MS_MAX, 2 * ms);
        return ms / 2 + this.options.random.int(Math.ceil(ms / 2) + 1);
    }
}
/** J2. */
function throwIfHopeless(error) {
    if (!isRaftoralError(error))
        throw error;
    if (error.code !== 'JOIN_REFUSED')
        return;
    if (error.details['reason'] === 'removed')
        throw removedForGood(Number(error.details['nodeId']));
    throw error;
}
function nodesOf(answer) {
    const nodes = answer['nodes'];
    if (!Array.isArray(nodes))
        return [];
    return nodes.slice(0, NODES_MAX).flatMap((node) => {
        if (typeof node !== 'object' || node === null)
            return [];
        const { nodeId, address, incarnation } = node;
        const isOne = Number.isSafeInteger(nodeId) && nodeId >= 1 && typeof address === 'string' && Number.isSafeInteger(incarnation);
        return isOne ? [{ nodeId: nodeId, address, incarnation: incarnation }] : [];
    });
}
//# sourceMappingURL=joiner.js.map