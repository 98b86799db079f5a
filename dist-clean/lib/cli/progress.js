import { cut, visible } from './text-table.js';
const LINE_LENGTH_MAX = 110;
const ERASE_LINE = '\r\u001b[2K';
export class Progress {
    environment;
    last = '';
    constructor(environment, isWanted) {
        this.environment = environment;
        this.isOn = isWanted || environment.isErrorTerminal;
    }
    isOn;
    say(text) {
        const line = cut(visible(text), LINE_LENGTH_MAX);
        if (!this.isOn || line === this.last)
            return;
        this.last = line;
        this.environment.error(this.environment.isErrorTerminal ? `${ERASE_LINE}${line}` : `${line}\n`);
    }
    /** Takes the line away, so that what follows stands alone. */
    clear() {
        if (this.isOn && this.last !== '' && this.environment.isErrorTerminal)
            this.environment.error(ERASE_LINE);
        this.last = '';
    }
}
//# sourceMappingURL=progress.js.map