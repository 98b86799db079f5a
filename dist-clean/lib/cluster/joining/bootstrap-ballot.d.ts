import { type NodeNotes } from '../../storage/node-notes.js';
export interface Vote {
    /** Of the candidate. */
    readonly ballotId: string;
    readonly attempt: number;
    /** Where the candidate can be asked what became of it; '' for the own vote. */
    readonly address: string;
}
/** Of an attempt, as its candidate knows. */
export type AttemptOutcome = 'pending' | 'void' | 'began';
export declare class BootstrapBallot {
    private readonly notes;
    readonly ballotId: string;
    private attempt;
    private standing;
    private deployment;
    /** The attempt that is under way; 0: none. */
    private pursued;
    private last;
    private constructor();
    /** Goes on with what is noted; `freshId` is for a process that has noted nothing. */
    static open(notes: NodeNotes, freshId: string): Promise<BootstrapBallot>;
    get vote(): Vote | null;
    /** The deployment that this process began, not yet as a member of it; '' if it began none. */
    get began(): string;
    /** Answers true once the vote is durable; false if it went to another, or to a later attempt. */
    grant(vote: Vote): Promise<boolean>;
    /** V2. Does nothing if the vote is another one by now. */
    giveUp(vote: Vote): Promise<void>;
    /** Begins an attempt with the own vote, and answers its number; 0: the own vote went to another. */
    stand(): Promise<number>;
    /** The attempt came to nothing: no vote on it is counted any more. */
    abandon(): Promise<void>;
    isPursuing(attempt: number): boolean;
    /** All votes on this attempt are there. It is pending until it is durable. */
    begin(attempt: number, deployment: string): Promise<void>;
    outcomeOf(attempt: number): AttemptOutcome;
    private save;
    /** V5. */
    private next;
}
