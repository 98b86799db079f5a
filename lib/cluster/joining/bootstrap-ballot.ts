/**
 * What a process without an identity has promised while a deployment begins: its ballot id, its attempts, its vote. On disk before it is said.
 *
 * V1. A vote names a candidate and one attempt of it. It is given once; a later attempt of the same candidate replaces it, for the candidate begins its
 *     next attempt only when the one before came to nothing. An earlier attempt never does.
 * V2. It is given up only when the candidate says that the attempt came to nothing, or is known to have lost what it knew of it.
 * V3. An attempt's number is durable before anybody is asked for a vote on it, and grows, over restarts too: what is void stays void.
 * V4. That the candidate began is durable before it does anything as a member of what it began.
 * V5. One change after the other.
 * V6. Nothing is taken to be so before it is on disk: what could not be written was not promised, and is tried anew when it is asked for again.
 * Source: docs/adr/0043. Tests: bootstrap-ballot.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import { BOOTSTRAP_NOTE, type NodeNotes, type Note } from '../../storage/node-notes.js';

export interface Vote {
  /** Of the candidate. */
  readonly ballotId: string;
  readonly attempt: number;
  /** Where the candidate can be asked what became of it; '' for the own vote. */
  readonly address: string;
}

/** Of an attempt, as its candidate knows. */
export type AttemptOutcome = 'pending' | 'void' | 'began';

export class BootstrapBallot {
  /** The attempt that is under way; 0: none. */
  private pursued = 0;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly notes: NodeNotes,
    readonly ballotId: string,
    private attempt: number,
    private standing: Vote | null,
    private deployment: string,
  ) {}

  /** Goes on with what is noted; `freshId` is for a process that has noted nothing. */
  static async open(notes: NodeNotes, freshId: string): Promise<BootstrapBallot> {
    const note = await notes.read(BOOTSTRAP_NOTE);
    if (note !== null) return new BootstrapBallot(notes, ...checked(note, notes.placeOf(BOOTSTRAP_NOTE)));
    const ballot = new BootstrapBallot(notes, freshId, 0, null, '');
    await ballot.save({});
    return ballot;
  }

  get vote(): Vote | null {
    return this.standing;
  }

  /** The deployment that this process began, not yet as a member of it; '' if it began none. */
  get began(): string {
    return this.deployment;
  }

  /** Answers true once the vote is durable; false if it went to another, or to a later attempt. */
  grant(vote: Vote): Promise<boolean> {
    return this.next(async () => {
      const { standing } = this;
      if (standing !== null && (standing.ballotId !== vote.ballotId || standing.attempt > vote.attempt)) return false;
      if (standing !== null && standing.attempt === vote.attempt) return true;
      await this.save({ standing: vote });
      return true;
    });
  }

  /** V2. Does nothing if the vote is another one by now. */
  giveUp(vote: Vote): Promise<void> {
    return this.next(async () => {
      if (this.standing?.ballotId !== vote.ballotId || this.standing.attempt !== vote.attempt) return;
      await this.save({ standing: null });
    });
  }

  /** Begins an attempt with the own vote, and answers its number; 0: the own vote went to another. */
  stand(): Promise<number> {
    return this.next(async () => {
      if (this.standing !== null && this.standing.ballotId !== this.ballotId) return 0;
      const attempt = this.attempt + 1;
      await this.save({ attempt, standing: { ballotId: this.ballotId, attempt, address: '' } });
      this.pursued = this.attempt;
      return this.attempt;
    });
  }

  /** The attempt came to nothing: no vote on it is counted any more. */
  abandon(): Promise<void> {
    this.pursued = 0;
    return this.next(async () => {
      if (this.standing?.ballotId !== this.ballotId) return;
      await this.save({ standing: null });
    });
  }

  isPursuing(attempt: number): boolean {
    return attempt !== 0 && this.pursued === attempt;
  }

  /** All votes on this attempt are there. It is pending until it is durable. */
  begin(attempt: number, deployment: string): Promise<void> {
    return this.next(async () => {
      if (!this.isPursuing(attempt))
        throw new RaftoralError('INVARIANT_VIOLATED', `attempt ${attempt} ended before it could begin a deployment`);
      await this.save({ deployment });
    });
  }

  outcomeOf(attempt: number): AttemptOutcome {
    if (this.deployment !== '') return 'began';
    return this.isPursuing(attempt) ? 'pending' : 'void';
  }

  /** V6. */
  private async save(change: { readonly attempt?: number; readonly standing?: Vote | null; readonly deployment?: string }): Promise<void> {
    const { attempt, standing, deployment } = { attempt: this.attempt, standing: this.standing, deployment: this.deployment, ...change };
    await this.notes.write(BOOTSTRAP_NOTE, { format: 1, ballotId: this.ballotId, attempt, vote: standing, began: deployment });
    this.attempt = attempt;
    this.standing = standing;
    this.deployment = deployment;
  }

  /** V5. */
  private next<T>(step: () => Promise<T>): Promise<T> {
    const done = this.last.then(step);
    this.last = done.catch(() => undefined);
    return done;
  }
}

function checked(note: Note, place: string): [ballotId: string, attempt: number, vote: Vote | null, began: string] {
  const { format, ballotId, attempt, began } = note;
  const vote = note['vote'] as Partial<Vote> | null | undefined;
  const isVote =
    vote === null ||
    (typeof vote === 'object' &&
      typeof vote.ballotId === 'string' &&
      Number.isSafeInteger(vote.attempt) &&
      typeof vote.address === 'string');
  if (format !== 1 || typeof ballotId !== 'string' || !Number.isSafeInteger(attempt) || typeof began !== 'string' || !isVote)
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `${place}, this node's vote on a bootstrap, does not have the expected form; put it back, or remove it if no other node of its deployment has begun`,
      { details: { file: place } },
    );
  return [ballotId, attempt as number, vote as Vote | null, began];
}
