/**
 * An AbortSignal that costs nothing until somebody asks for it. Owns: the reason why work was given up.
 */
/** `signal.reason` of every signal that the engine fires. */
export class WorkAborted extends Error {
    reason;
    name = 'AbortError';
    constructor(reason, message) {
        super(message);
        this.reason = reason;
    }
}
export class AbortScope {
    controller = null;
    fired = null;
    get signal() {
        if (this.controller === null) {
            this.controller = new AbortController();
            if (this.fired !== null)
                this.controller.abort(this.fired);
        }
        return this.controller.signal;
    }
    get aborted() {
        return this.fired !== null;
    }
    abort(cause, message) {
        if (this.fired !== null)
            return;
        this.fired = new WorkAborted(cause, message);
        this.controller?.abort(this.fired);
    }
}
//# sourceMappingURL=abort-scope.js.map