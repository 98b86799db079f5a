/**
 * Port: small facts that a node keeps beside its log and state, each under a name: known addresses, its vote on a bootstrap, that it left.
 *
 * T1. write() is durable when it resolves, and replaces what was there as a whole or not at all.
 * T2. read() of what can not be read rejects with STORAGE_DAMAGED, naming the file.
 */
export type Note = Readonly<Record<string, unknown>>;

/** Addresses of the other nodes: a cache, never authority. */
export const PEERS_NOTE = 'peers';
/** What this node has promised while a deployment begins (R42). Gone once it has an identity. */
export const BOOTSTRAP_NOTE = 'bootstrap';
/** It is no member any more, for good. */
export const LEFT_NOTE = 'left';

export interface NodeNotes {
  /** null: there is none. */
  read(name: string): Promise<Note | null>;
  write(name: string, note: Note): Promise<void>;
  /** Also if there is none. */
  remove(name: string): Promise<void>;
  /** Where the note stands, for errors that name it. */
  placeOf(name: string): string;
}

/** Ends with the process, as a volatile store does. */
export class MemoryNodeNotes implements NodeNotes {
  private readonly notes = new Map<string, string>();

  async read(name: string): Promise<Note | null> {
    const text = this.notes.get(name);
    return text === undefined ? null : (JSON.parse(text) as Note);
  }

  async write(name: string, note: Note): Promise<void> {
    this.notes.set(name, JSON.stringify(note));
  }

  async remove(name: string): Promise<void> {
    this.notes.delete(name);
  }

  placeOf(name: string): string {
    return `the note '${name}' (in memory)`;
  }
}
