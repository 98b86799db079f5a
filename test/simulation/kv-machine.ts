/**
 * A state machine for runs without workflows: registers with versions, and sessions that answer a repeated put as before.
 */
import { RaftoralError } from '../../lib/errors/index.js';
import { COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET, type StateMachine } from '../../lib/state-machine/index.js';

const PUT = 1;

export interface Put {
  readonly client: number;
  /** Grows by one with every put of the client; a retry keeps it. */
  readonly sequence: number;
  readonly key: string;
  readonly value: string;
}

export interface Register {
  readonly value: string;
  /** Index of the entry that wrote it. */
  readonly version: number;
}

export interface PutResult {
  readonly version: number;
  /** The put was applied before. */
  readonly repeated: boolean;
}

export function encodePut(put: Put): Uint8Array {
  const body = Buffer.from(JSON.stringify(put));
  const frame = new Uint8Array(COMMAND_BODY_OFFSET + body.length);
  frame[0] = COMMAND_FRAME_VERSION;
  frame[COMMAND_KIND_OFFSET] = PUT;
  frame.set(body, COMMAND_BODY_OFFSET);
  return frame;
}

export class KvMachine implements StateMachine<PutResult> {
  readonly registers = new Map<string, Register>();
  private readonly sessions = new Map<number, { readonly sequence: number; readonly version: number }>();

  apply(index: number, _term: number, frame: Uint8Array): PutResult {
    if (frame[COMMAND_KIND_OFFSET] !== PUT) throw new RaftoralError('GROUP_HALTED', `unknown command at ${index}`);
    const put = JSON.parse(Buffer.from(frame.subarray(COMMAND_BODY_OFFSET)).toString()) as Put;
    const session = this.sessions.get(put.client);
    if (session !== undefined && session.sequence >= put.sequence) return { version: session.version, repeated: true };
    this.registers.set(put.key, { value: put.value, version: index });
    this.sessions.set(put.client, { sequence: put.sequence, version: index });
    return { version: index, repeated: false };
  }

  applyMembership(): void {
    return;
  }

  snapshot(): Uint8Array {
    const byKey = (a: readonly [string | number, unknown], b: readonly [string | number, unknown]): number => (a[0] < b[0] ? -1 : 1);
    return Buffer.from(JSON.stringify({ registers: [...this.registers].sort(byKey), sessions: [...this.sessions].sort(byKey) }));
  }

  restore(_index: number, bytes: Uint8Array): void {
    const state = JSON.parse(Buffer.from(bytes).toString()) as {
      registers: Array<[string, Register]>;
      sessions: Array<[number, { sequence: number; version: number }]>;
    };
    this.registers.clear();
    this.sessions.clear();
    for (const [key, register] of state.registers) this.registers.set(key, register);
    for (const [client, session] of state.sessions) this.sessions.set(client, session);
  }
}
