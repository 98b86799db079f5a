import type { NodeNotes, Note } from '../node-notes.js';
export declare class FileNodeNotes implements NodeNotes {
    private readonly folder;
    private last;
    constructor(folder: string);
    read(name: string): Promise<Note | null>;
    write(name: string, note: Note): Promise<void>;
    remove(name: string): Promise<void>;
    private fileOf;
    /** Z2. */
    private next;
}
