export class Ready {
    constructor(entries, committedEntries, messages, readStates, mustSync) {
        this.softState = null;
        this.hardState = null;
        this.readStates = readStates;
        this.entries = entries;
        this.snapshot = null;
        this.committedEntries = committedEntries;
        this.messages = messages;
        this.mustSync = mustSync;
    }
}
//# sourceMappingURL=ready.js.map