/**
 * What a process without an identity has promised while a deployment begins: its ballot id, its attempts, its vote. On disk before it is said.
 *
 * V1. A vote names a candidate and one attempt of it. It is given once; a later attempt of the same candidate replaces it, for the candidate begins its
 *     next attempt only when the one before came to nothing. An earlier attempt never does.
 * V2. It is given up only when the candidate says that the attempt came to nothing, or is known to have lost what it knew of it.
 * V3. An attempt's number is durable before anybody is asked for a vote on it, and grows, over restarts too: what is void stays void.
 * V4. That the candidate began is durable before it does anything as a member of what it began.
 * V5. One change after the other.
 * Source: docs/adr/0043. Tests: bootstrap-ballot.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import { BOOTSTRAP_NOTE } from '../../storage/node-notes.js';
export class BootstrapBallot {
    notes;
    ballotId;
    attempt;
    standing;
    deployment;
    /** The attempt that is under way; 0: none. */
    pursued = 0;
    last = Promise.resolve();
    constructor(notes, ballotId, attempt, standing, deployment) {
        this.notes = notes;
        this.ballotId = ballotId;
        this.attempt = attempt;
        this.standing = standing;
        this.deployment = deployment;
    }
    /** Goes on with what is noted; `freshId` is for a process that has noted nothing. */
    static async open(notes, freshId) {
        const note = await notes.read(BOOTSTRAP_NOTE);
        if (note !== null)
            return new BootstrapBallot(notes, ...checked(note));
        const ballot = new BootstrapBallot(notes, freshId, 0, null, '');
        await ballot.save();
        return ballot;
    }
    get vote() {
        return this.standing;
    }
    /** The deployment that this process began, not yet as a member of it; '' if it began none. */
    get began() {
        return this.deployment;
    }
    /** Answers true once the vote is durable; false if it went to another, or to a later attempt. */
    grant(vote) {
        return this.next(async () => {
            const { standing } = this;
            if (standing !== null && (standing.ballotId !== vote.ballotId || standing.attempt > vote.attempt))
                return false;
            if (standing !== null && standing.attempt === vote.attempt)
                return true;
            this.standing = vote;
            await this.save();
            return true;
        });
    }
    /** V2. Does nothing if the vote is another one by now. */
    giveUp(vote) {
        return this.next(async () => {
            if (this.standing?.ballotId !== vote.ballotId || this.standing.attempt !== vote.attempt)
                return;
            this.standing = null;
            await this.save();
        });
    }
    /** Begins an attempt with the own vote, and answers its number; 0: the own vote went to another. */
    stand() {
        return this.next(async () => {
            if (this.standing !== null && this.standing.ballotId !== this.ballotId)
                return 0;
            this.attempt++;
            this.standing = { ballotId: this.ballotId, attempt: this.attempt, address: '' };
            await this.save();
            this.pursued = this.attempt;
            return this.attempt;
        });
    }
    /** The attempt came to nothing: no vote on it is counted any more. */
    abandon() {
        this.pursued = 0;
        return this.next(async () => {
            if (this.standing?.ballotId !== this.ballotId)
                return;
            this.standing = null;
            await this.save();
        });
    }
    isPursuing(attempt) {
        return attempt !== 0 && this.pursued === attempt;
    }
    /** All votes on this attempt are there. It is pending until it is durable. */
    begin(attempt, deployment) {
        return this.next(async () => {
            if (!this.isPursuing(attempt))
                throw new RaftoralError('INVARIANT_VIOLATED', `attempt ${attempt} ended before it could begin a deployment`);
            this.deployment = deployment;
            await this.save();
        });
    }
    outcomeOf(attempt) {
        if (this.deployment !== '')
            return 'began';
        return this.isPursuing(attempt) ? 'pending' : 'void';
    }
    save() {
        const { ballotId, attempt, standing: vote, deployment } = this;
        return this.notes.write(BOOTSTRAP_NOTE, { format: 1, ballotId, attempt, vote, began: deployment });
    }
    /** V5. */
    next(step) {
        const done = this.last.then(step);
        this.last = done.catch(() => undefined);
        return done;
    }
}
function checked(note) {
    const { format, ballotId, attempt, began } = note;
    const vote = note['vote'];
    const isVote = vote === null ||
        (typeof vote === 'object' &&
            typeof vote.ballotId === 'string' &&
            Number.isSafeInteger(vote.attempt) &&
            typeof vote.address === 'string');
    if (format !== 1 || typeof ballotId !== 'string' || !Number.isSafeInteger(attempt) || typeof began !== 'string' || !isVote)
        throw new RaftoralError('STORAGE_DAMAGED', `the note of this node's vote on a bootstrap (${BOOTSTRAP_NOTE}) does not have the expected form; put it back, or remove it if no other node of its deployment has begun`);
    return [ballotId, attempt, vote, began];
}
//# sourceMappingURL=bootstrap-ballot.js.map