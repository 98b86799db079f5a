/**
 * Port: small facts that a node keeps beside its log and state, each under a name: known addresses, its vote on a bootstrap, that it left.
 *
 * T1. write() is durable when it resolves, and replaces what was there as a whole or not at all.
 * T2. read() of what can not be read rejects with STORAGE_DAMAGED, naming the file.
 */
export type Note = Readonly<Record<string, unknown>>;
/** Addresses of the other nodes: a cache, never authority. */
export declare const PEERS_NOTE = "peers";
/** What this node has promised while a deployment begins (R42). Gone once it has an identity. */
export declare const BOOTSTRAP_NOTE = "bootstrap";
/** It is no member any more, for good. */
export declare const LEFT_NOTE = "left";
export interface NodeNotes {
    /** null: there is none. */
    read(name: string): Promise<Note | null>;
    write(name: string, note: Note): Promise<void>;
    /** Also if there is none. */
    remove(name: string): Promise<void>;
}
/** Ends with the process, as a volatile store does. */
export declare class MemoryNodeNotes implements NodeNotes {
    private readonly notes;
    read(name: string): Promise<Note | null>;
    write(name: string, note: Note): Promise<void>;
    remove(name: string): Promise<void>;
}
