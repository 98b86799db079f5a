/**
 * What was told of a group's leadership last, so that only news is told: another leader or term, or this node leads, or does so no more. A candidacy is
 * none.
 */
import { type RawNode } from '../raft/index.js';
export declare class LeadershipNews {
    private readonly raw;
    private leader;
    private term;
    private wasLeader;
    constructor(raw: RawNode);
    /** Takes note; true if it is to be told. */
    take(): boolean;
}
