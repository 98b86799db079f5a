/**
 * Who may come in: the judgement on a process that has proved that it holds the secret or the certificate. Owns what is remembered of node ids.
 *
 * M1. Two live processes never share a node id: whoever comes second is refused, once the first has shown that it lives (R42).
 * M2. A node id under which a process with a volatile store was seen is not taken from another process again (R42).
 * M3. A process older than one that was seen under its id is refused: its place was taken, it must not speak for the node any more.
 * M4. Other deployments are refused; a process without deployment may come in as a guest.
 * Tests: peer-transport.spec.ts.
 */
import type { AddressBook } from './address-book.js';
import type { Connection } from './connection.js';
import { Refusal, type PeerDescription } from './packet-codec.js';
import type { PeerTuning } from './tuning.js';
export interface Verdict {
    readonly refusal: Refusal;
    readonly text: string;
}
export declare const ADMITTED: Verdict;
export interface AdmissionOptions {
    readonly tuning: PeerTuning;
    readonly book: AddressBook;
    /** What this process is now. */
    readonly self: () => PeerDescription;
    readonly connections: Iterable<Connection>;
}
export declare class Admission {
    private readonly options;
    private readonly seen;
    constructor(options: AdmissionOptions);
    /** What speaks against `remote` at once; ADMITTED if nothing does. */
    judge(remote: PeerDescription): Verdict;
    /** The judgement on a dialer, which may have to wait until another process has answered whether it lives (M1). */
    judgeDialer(remote: PeerDescription, answer: (verdict: Verdict) => void): void;
    /** A session with it is open. */
    note(remote: PeerDescription): void;
    /** Another open session speaks for the same node from another process. */
    private rivalsOf;
    private hasRoomForGuest;
}
