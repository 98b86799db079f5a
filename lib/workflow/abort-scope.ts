/**
 * An AbortSignal that costs nothing until somebody asks for it. Owns: the reason why work was given up.
 */

export type AbortCause = 'cancelled' | 'fenced' | 'timeout' | 'abandoned' | 'stopped' | 'removed' | 'shutdown';

/** `signal.reason` of every signal that the engine fires. */
export class WorkAborted extends Error {
  override readonly name: string = 'AbortError';

  constructor(
    readonly reason: AbortCause,
    message: string,
  ) {
    super(message);
  }
}

export class AbortScope {
  private controller: AbortController | null = null;
  private fired: WorkAborted | null = null;

  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.fired !== null) this.controller.abort(this.fired);
    }
    return this.controller.signal;
  }

  get aborted(): boolean {
    return this.fired !== null;
  }

  abort(cause: AbortCause, message: string): void {
    if (this.fired !== null) return;
    this.fired = new WorkAborted(cause, message);
    this.controller?.abort(this.fired);
  }
}
