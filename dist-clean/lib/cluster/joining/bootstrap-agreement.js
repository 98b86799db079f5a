/**
 * Several processes that start at once, without files, agree on one that begins the deployment; the others join it.
 *
 * G1. Each introduces itself to all it knows, round after round. Whoever meets a node of an existing cluster joins that, and nothing is begun.
 * G2. Of those met that expect the same number, the one with the lowest ballot id stands, once it has met enough of them. It begins when so many as are
 *     expected, itself included, have voted for it in one attempt: each votes once (bootstrap-ballot.ts), so of any 2n - 1 processes only one can have n votes.
 * G3. A process votes for nobody while it has met a node of a cluster, or a process with a lower ballot id than the candidate's, its own included.
 * G4. Whoever voted asks its candidate what became of the attempt. The candidate's silence frees nobody: it may have begun.
 * G5. An attempt counts no vote after ATTEMPT_MS.
 * Source: docs/adr/0043. Tests: test/cluster/bootstrap.spec.ts.
 */
import { isRaftoralError } from '../../errors/index.js';
import { BOOTSTRAP_OUTCOME, BOOTSTRAP_VOTE, CallReader, NODE_HELLO } from './joining-port.js';
import { readIntroduction } from './meeting.js';
const ROUND_MS = 250;
const CALL_TIMEOUT_MS = 2_000;
const ATTEMPT_MS = 3_000;
const OUTCOMES = ['pending', 'void', 'began', 'unknown'];
export class BootstrapAgreement {
    options;
    isOver = false;
    /** When the standing vote was given, or found on disk. */
    votedAt;
    constructor(options) {
        this.options = options;
        this.votedAt = options.clock.monotonic();
    }
    async run() {
        const { ballot, meeting, deployment, stop } = this.options;
        try {
            for (;;) {
                stop.throwIfStopped();
                await this.meet();
                const cluster = meeting.cluster(deployment);
                // V4: it ended between the decision and its first entry. Nobody can have joined it yet.
                if (ballot.began !== '' && cluster === null)
                    return { type: 'begin', deployment: ballot.began };
                if (cluster !== null) {
                    if (cluster.hasMember && !(await this.isBound()))
                        return { type: 'join', deployment: cluster.deployment };
                    this.options.progress(`has met a cluster that begins: deployment ${cluster.deployment}`);
                }
                else {
                    await this.reviewVote();
                    const begun = await this.stand();
                    if (begun !== '')
                        return { type: 'begin', deployment: begun };
                }
                await stop.pause(ROUND_MS);
            }
        }
        finally {
            this.isOver = true;
        }
    }
    /** BOOTSTRAP_VOTE, of this process. */
    async vote(from, body) {
        const { ballot, expect, meeting, contacts } = this.options;
        const read = new CallReader(BOOTSTRAP_VOTE, body);
        const [ballotId, attempt, expected] = [read.id('ballotId'), read.integer('attempt', 1), read.integer('expect')];
        const address = read.address('address');
        const refused = (reason) => ({ granted: false, reason, known: contacts.known() });
        if (this.isOver || ballot.began !== '')
            return refused('it has an identity');
        if (expected !== expect)
            return refused(`it expects ${expect}, not ${expected}`);
        if (meeting.cluster('') !== null)
            return refused('it has met a cluster');
        const lower = this.lowest();
        if (lower < ballotId)
            return refused('it has met a process that goes before');
        const vote = { ballotId, attempt, address: from.address === '' ? address : from.address };
        if (!(await ballot.grant(vote)))
            return refused('it has voted for another');
        this.votedAt = this.options.clock.monotonic();
        return { granted: true, reason: '', known: contacts.known() };
    }
    /** BOOTSTRAP_OUTCOME, of this process as a candidate. */
    outcome(body) {
        const { ballot } = this.options;
        const read = new CallReader(BOOTSTRAP_OUTCOME, body);
        if (read.id('ballotId') !== ballot.ballotId)
            return { outcome: 'unknown' };
        return { outcome: ballot.outcomeOf(read.integer('attempt', 1)) };
    }
    async meet() {
        const { network, contacts, meeting, introduction } = this.options;
        const addresses = await contacts.all();
        await Promise.all(addresses.map(async (address) => {
            try {
                const answer = readIntroduction(await network.call(address, NODE_HELLO, introduction(), { timeoutMs: CALL_TIMEOUT_MS }));
                meeting.note(answer);
                contacts.learn([answer.address, ...answer.known]);
            }
            catch (error) {
                // It is not there yet, or is no peer: what matters is who answers. The transport says what is wrong with it.
                if (!isRaftoralError(error))
                    throw error;
            }
        }));
    }
    /** The lowest ballot id of those that could stand. */
    lowest() {
        const { ballot, meeting, expect } = this.options;
        return meeting.fresh(expect).reduce((lowest, { ballotId }) => (ballotId < lowest ? ballotId : lowest), ballot.ballotId);
    }
    /** G2. Answers the deployment that was begun, or ''. */
    async stand() {
        const { ballot, meeting, expect, clock, logger } = this.options;
        const others = meeting.fresh(expect);
        if (others.length + 1 < expect) {
            this.options.progress(`waits for ${expect} processes that start at once: has met ${others.length} (${describe(others)}) besides itself`);
            return '';
        }
        if (this.lowest() !== ballot.ballotId) {
            this.options.progress(`waits for ${this.lowest()} to begin the deployment`);
            return '';
        }
        const attempt = await ballot.stand();
        if (attempt === 0)
            return '';
        const until = clock.monotonic() + ATTEMPT_MS;
        const votes = new Set([ballot.ballotId]);
        const refusals = [];
        await Promise.all(others.map((other) => this.askFor(other, attempt, until, votes, refusals)));
        if (votes.size < expect || clock.monotonic() >= until || meeting.cluster('') !== null) {
            await ballot.abandon();
            this.options.progress(`stood to begin the deployment and has ${votes.size} of ${expect} votes: ${refusals.join('; ')}`);
            return '';
        }
        const deployment = this.options.deployment === '' ? this.options.newDeployment() : this.options.deployment;
        await ballot.begin(attempt, deployment);
        logger.log('info', `this node begins deployment ${deployment}, with the votes of ${votes.size} processes`);
        return deployment;
    }
    async askFor(other, attempt, until, votes, refusals) {
        const { network, ballot, contacts, expect, clock } = this.options;
        const request = { ballotId: ballot.ballotId, attempt, expect, address: network.advertised };
        try {
            const answer = await network.call(other.address, BOOTSTRAP_VOTE, request, { timeoutMs: CALL_TIMEOUT_MS });
            const read = new CallReader(BOOTSTRAP_VOTE, answer);
            contacts.learn(read.addresses('known'));
            // G5: a vote that was given and not counted is void, as the candidate will say.
            if (!read.flag('granted'))
                refusals.push(`${other.address}: ${read.address('reason')}`);
            else if (clock.monotonic() < until && ballot.isPursuing(attempt))
                votes.add(other.ballotId);
        }
        catch (error) {
            if (!isRaftoralError(error))
                throw error;
            refusals.push(`${other.address}: ${error.code}`);
        }
    }
    /** True while what this process voted for may still be begun, and this is to be known before it goes elsewhere. */
    async isBound() {
        const { ballot, clock } = this.options;
        const { vote } = ballot;
        if (vote === null || vote.ballotId === ballot.ballotId)
            return false;
        // G5: by then no vote of the attempt is counted any more. If it began, this cluster is it, or there are two already.
        if (clock.monotonic() - this.votedAt > 2 * ATTEMPT_MS)
            return false;
        return (await this.ask(vote)) === 'pending';
    }
    /** G4. */
    async reviewVote() {
        const { ballot, logger } = this.options;
        const { vote } = ballot;
        if (vote === null)
            return;
        // Of an attempt before a restart.
        if (vote.ballotId === ballot.ballotId)
            return ballot.abandon();
        const outcome = await this.ask(vote);
        if (outcome === 'unknown')
            logger.log('warn', `the process at ${vote.address}, which this node voted for, has lost what it knew of it; the vote is free again`);
        if (outcome === 'void' || outcome === 'unknown')
            await ballot.giveUp(vote);
        else
            this.options.progress(`has voted for the process at ${vote.address} to begin the deployment (${outcome})`);
    }
    async ask(vote) {
        const { network } = this.options;
        const { ballotId, attempt } = vote;
        try {
            const answer = await network.call(vote.address, BOOTSTRAP_OUTCOME, { ballotId, attempt }, { timeoutMs: CALL_TIMEOUT_MS });
            return new CallReader(BOOTSTRAP_OUTCOME, answer).choice('outcome', OUTCOMES);
        }
        catch (error) {
            if (!isRaftoralError(error))
                throw error;
            return 'silent';
        }
    }
}
function describe(others) {
    return others.length === 0 ? 'none' : others.map(({ address }) => address).join(', ');
}
//# sourceMappingURL=bootstrap-agreement.js.map