/**
 * Who a process has met lately, by their own word: what node.hello says both ways, and what is remembered of it.
 *
 * M1. Only what a process says of itself counts, and for HEARD_MS; what others say of it are addresses to ask.
 * M2. A cluster that was met goes before anything that is to be begun.
 */
import { RaftoralError } from '../../errors/index.js';
import { CallReader, NODE_HELLO } from './joining-port.js';
const STAGES = ['fresh', 'joining', 'member'];
/** What a process said of itself holds for so long: a few rounds. */
const HEARD_MS = 5_000;
const MET_MAX = 256;
export function readIntroduction(body) {
    const read = new CallReader(NODE_HELLO, body);
    return {
        processId: read.id('processId'),
        stage: read.choice('stage', STAGES),
        deployment: read.id('deployment'),
        nodeId: read.integer('nodeId'),
        ballotId: read.id('ballotId'),
        expect: read.integer('expect'),
        address: read.address('address'),
        known: read.addresses('known'),
    };
}
export class Meeting {
    clock;
    processId;
    /** By process. */
    met = new Map();
    constructor(clock, processId) {
        this.clock = clock;
        this.processId = processId;
    }
    /** Somebody said this of itself just now. */
    note(introduction) {
        if (introduction.processId === this.processId)
            return;
        this.met.delete(introduction.processId);
        // One process listens at an address: whoever was there before is gone.
        for (const [id, other] of this.met)
            if (other.address !== '' && other.address === introduction.address)
                this.met.delete(id);
        this.met.set(introduction.processId, { ...introduction, at: this.clock.monotonic() });
        if (this.met.size > MET_MAX)
            this.met.delete(this.met.keys().next().value);
    }
    /** Without an identity, and waiting for as many as this one does. */
    fresh(expect) {
        return this.lately().filter((met) => met.stage === 'fresh' && met.ballotId !== '' && met.expect === expect);
    }
    lately() {
        const since = this.clock.monotonic() - HEARD_MS;
        return [...this.met.values()].filter(({ at }) => at >= since);
    }
    /**
     * The deployment that exists, by what its nodes say; null: none was met. Throws JOIN_REFUSED if there are several and `wanted` ('' = any) names none.
     */
    cluster(wanted) {
        const nodes = this.lately().filter(({ stage, deployment }) => stage !== 'fresh' && (wanted === '' || deployment === wanted));
        const first = nodes[0];
        if (first === undefined)
            return null;
        const other = nodes.find(({ deployment }) => deployment !== first.deployment);
        if (other !== undefined)
            throw twoDeployments(first, other);
        return { deployment: first.deployment, hasMember: nodes.some(({ stage }) => stage === 'member') };
    }
}
function twoDeployments(a, b) {
    return new RaftoralError('JOIN_REFUSED', `among the seeds are nodes of two deployments, ${a.deployment} (node ${a.nodeId} at ${a.address}) and ${b.deployment} (node ${b.nodeId} at ${b.address}); give only seeds of one, or name it by the option deployment`, { details: { deployments: [a.deployment, b.deployment] } });
}
export function introduce(of, identity) {
    return { ...of, deployment: identity?.deployment ?? '', nodeId: identity?.nodeId ?? 0 };
}
//# sourceMappingURL=meeting.js.map