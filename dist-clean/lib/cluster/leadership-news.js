/**
 * What was told of a group's leadership last, so that only news is told: another leader or term, or this node leads, or does so no more. A candidacy is
 * none.
 */
import { Role } from '../raft/index.js';
export class LeadershipNews {
    raw;
    leader = 0;
    term = 0;
    wasLeader = false;
    constructor(raw) {
        this.raw = raw;
    }
    /** Takes note; true if it is to be told. */
    take() {
        const { raw } = this;
        const isLeader = raw.role === Role.Leader;
        if (raw.leaderId === this.leader && raw.term === this.term && isLeader === this.wasLeader)
            return false;
        this.leader = raw.leaderId;
        this.term = raw.term;
        this.wasLeader = isLeader;
        return true;
    }
}
//# sourceMappingURL=leadership-news.js.map