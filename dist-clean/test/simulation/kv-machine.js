/**
 * A state machine for runs without workflows: registers with versions, and sessions that answer a repeated put as before.
 */
import { RaftoralError } from '../../lib/errors/index.js';
import { COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET } from '../../lib/state-machine/index.js';
const PUT = 1;
export function encodePut(put) {
    const body = Buffer.from(JSON.stringify(put));
    const frame = new Uint8Array(COMMAND_BODY_OFFSET + body.length);
    frame[0] = COMMAND_FRAME_VERSION;
    frame[COMMAND_KIND_OFFSET] = PUT;
    frame.set(body, COMMAND_BODY_OFFSET);
    return frame;
}
export class KvMachine {
    registers = new Map();
    sessions = new Map();
    apply(index, _term, frame) {
        if (frame[COMMAND_KIND_OFFSET] !== PUT)
            throw new RaftoralError('GROUP_HALTED', `unknown command at ${index}`);
        const put = JSON.parse(Buffer.from(frame.subarray(COMMAND_BODY_OFFSET)).toString());
        const session = this.sessions.get(put.client);
        if (session !== undefined && session.sequence >= put.sequence)
            return { version: session.version, repeated: true };
        this.registers.set(put.key, { value: put.value, version: index });
        this.sessions.set(put.client, { sequence: put.sequence, version: index });
        return { version: index, repeated: false };
    }
    applyMembership() {
        return;
    }
    snapshot() {
        const byKey = (a, b) => (a[0] < b[0] ? -1 : 1);
        return Buffer.from(JSON.stringify({ registers: [...this.registers].sort(byKey), sessions: [...this.sessions].sort(byKey) }));
    }
    restore(_index, bytes) {
        const state = JSON.parse(Buffer.from(bytes).toString());
        this.registers.clear();
        this.sessions.clear();
        for (const [key, register] of state.registers)
            this.registers.set(key, register);
        for (const [client, session] of state.sessions)
            this.sessions.set(client, session);
    }
}
//# sourceMappingURL=kv-machine.js.map