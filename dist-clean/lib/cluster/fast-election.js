/**
 * Replaces a leader whose node is known to be gone, without waiting for an election timeout. One per group and node.
 *
 * E1. Live voters take turns, by id, a turn each slot; the first one's is at once. So the lowest live voter campaigns first, and where its log is too
 *     short the next one's turn is near; two seldom meet. Within its turn it asks a few times: the others hear of the death a moment later or sooner.
 * E2. It asks by pre-vote (the core's): where the others still hear the leader nothing comes of it, and no term changes.
 * E3. Who finds that the term moved leaves a real election alone for a while, each time longer. Who is asked by one of an earlier turn, whose log is
 *     long enough, lets it have its election first: on a busy machine a slot is short, and two candidates of three would split the vote.
 * E4. It ends when a leader is known or the lost one is heard again; after `SLOTS_FAST` slots it goes on at the pace of ticks.
 * Source: openraft#2080, hashicorp/raft#606 and #609 (what it must not do). Tests: test/cluster/liveness.spec.ts, failover.spec.ts.
 */
import { Role } from '../raft/index.js';
/** A slot in ticks: longer than a pre-vote takes to go round. */
const SLOT_TICKS = 0.4;
/** Times that it asks in its turn, a quarter of a slot apart. */
const ASKS_PER_TURN = 3;
const ASK_AGAIN_SLOTS = 0.25;
/** Slots after which there is no hurry any more. */
const SLOTS_FAST = 50;
/** Slots that a real election is left alone for, at first. */
const ELECTION_SLOTS = 5;
export class FastElection {
    context;
    dueAt = 0;
    heapIndex = -1;
    lost = 0;
    isDue = false;
    seenTerm = 0;
    slots = 0;
    electionSlots = ELECTION_SLOTS;
    asks = 0;
    constructor(context) {
        this.context = context;
    }
    /** The leader's node is gone. Takes note. */
    begin(leader) {
        this.end();
        this.lost = leader;
        this.seenTerm = this.context.raw.term;
        this.slots = 0;
        this.electionSlots = ELECTION_SLOTS;
        this.asks = 0;
        const rank = this.rank();
        if (rank === 0)
            this.isDue = true;
        else
            this.wait(rank);
        this.context.wantFlush();
    }
    /** The node is back. */
    returned(node) {
        if (node === this.lost)
            this.end();
    }
    /** A voter asks for a pre-vote. */
    asked(by, lastIndex) {
        const { raw } = this.context;
        if (this.lost === 0 || lastIndex < raw.lastIndex)
            return;
        const voters = this.liveVoters();
        const theirs = voters.indexOf(by);
        if (theirs < 0 || theirs >= voters.indexOf(raw.id))
            return;
        this.isDue = false;
        this.wait(ELECTION_SLOTS);
    }
    end() {
        this.lost = 0;
        this.isDue = false;
        this.context.host.deadlines.remove(this);
    }
    onDue() {
        this.isDue = true;
        this.context.wantFlush();
    }
    /** In a turn. */
    flush() {
        const { raw, changed } = this.context;
        if (this.lost === 0)
            return;
        if (raw.leaderId === this.lost) {
            raw.forgetLeader();
            changed();
        }
        if (!this.isDue)
            return;
        this.isDue = false;
        if (raw.leaderId !== 0 || raw.role === Role.Leader)
            return this.end();
        this.campaign();
    }
    campaign() {
        const { raw, changed } = this.context;
        const rank = this.rank();
        if (raw.term !== this.seenTerm) {
            this.seenTerm = raw.term;
            this.wait(this.electionSlots + Math.max(0, rank));
            this.electionSlots *= 2;
            return;
        }
        if (rank < 0)
            return this.wait(this.liveVoters().length);
        raw.campaign();
        changed();
        if (++this.asks % ASKS_PER_TURN !== 0)
            this.wait(ASK_AGAIN_SLOTS);
        else
            this.wait(this.liveVoters().length - (ASKS_PER_TURN - 1) * ASK_AGAIN_SLOTS);
    }
    /** The own place among those who take turns; -1 for none. Who is no voter of the configuration that decides keeps out of it. */
    rank() {
        return this.liveVoters().indexOf(this.context.raw.id);
    }
    liveVoters() {
        const { raw, isDown } = this.context;
        return raw.confState.voters.filter((voter) => voter === raw.id || !isDown(voter));
    }
    wait(slots) {
        const { clock, deadlines, tuning } = this.context.host;
        // No voter at all: looks again later.
        const count = slots > 0 ? slots : 1;
        this.slots += count;
        const ticks = count * (this.slots > SLOTS_FAST ? 2 : SLOT_TICKS);
        deadlines.remove(this);
        this.dueAt = clock.monotonic() + ticks * tuning.tickMs;
        deadlines.add(this);
    }
}
//# sourceMappingURL=fast-election.js.map