/**
 * What happened in a run, for people: lines with their virtual time. Bounded; the oldest lines go first.
 */
export class Journal {
    nowMs;
    linesMax;
    lines = [];
    constructor(nowMs, 
    /** Lines that are kept; 0 keeps none and costs nothing. */
    linesMax) {
        this.nowMs = nowMs;
        this.linesMax = linesMax;
    }
    get isOn() {
        return this.linesMax > 0;
    }
    /** `text` is a function where building it costs something. */
    write(text) {
        if (this.linesMax === 0)
            return;
        if (this.lines.length >= this.linesMax)
            this.lines = this.lines.slice(this.linesMax >> 1);
        this.lines.push(`${this.nowMs().toFixed(2).padStart(10)}  ${typeof text === 'string' ? text : text()}`);
    }
    get text() {
        return this.lines.join('\n');
    }
}
//# sourceMappingURL=journal.js.map