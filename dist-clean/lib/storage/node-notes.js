/** Addresses of the other nodes: a cache, never authority. */
export const PEERS_NOTE = 'peers';
/** What this node has promised while a deployment begins (R42). Gone once it has an identity. */
export const BOOTSTRAP_NOTE = 'bootstrap';
/** It is no member any more, for good. */
export const LEFT_NOTE = 'left';
/** Ends with the process, as a volatile store does. */
export class MemoryNodeNotes {
    notes = new Map();
    async read(name) {
        const text = this.notes.get(name);
        return text === undefined ? null : JSON.parse(text);
    }
    async write(name, note) {
        this.notes.set(name, JSON.stringify(note));
    }
    async remove(name) {
        this.notes.delete(name);
    }
}
//# sourceMappingURL=node-notes.js.map