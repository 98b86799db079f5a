/**
 * Ports: what the membership needs of the node that it runs in. RaftHost, Clock, Scheduler and Random fit.
 */
export interface MembershipCarrier {
  /** Never blocks, never throws, never calls back inside; what can not be sent is lost. */
  tell(to: number, method: string, body: Uint8Array): void;
  /** `from` is the node that sent it, as the transport has proved it. */
  handle(method: string, handler: (from: number, body: Uint8Array) => Promise<Uint8Array>): void;
}

export interface MembershipClock {
  /** ms, arbitrary origin. */
  monotonic(): number;
  setTimer(delayMs: number, callback: () => void, options?: { readonly unref?: boolean }): { cancel(): void };
}

export interface MembershipScheduler {
  /** Runs `callback` in a macrotask of its own. */
  turn(callback: () => void): void;
  /** Runs `callback` as a microtask. */
  soon(callback: () => void): void;
}
