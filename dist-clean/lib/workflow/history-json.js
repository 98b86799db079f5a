/**
 * History of a run as JSON lines, and back: what history() hands out, and what a replay reads. Pure.
 *
 *   {"raftoral":"history","version":1,"workflowId":…,"runId":…,"workflow":…,"workflowVersion":…,"inputDigest":…,"status":…,"events":N}
 *   {"wseq":1,"event":"started","timeMs":…,…}                                                              one line per event
 *
 * J1. Payloads stand in their line as the JSON values that they are; no payload, no field. Bytes that are not canonical JSON are kept in
 *     hexadecimal, under the name of the field with `Hex` behind it. So parseHistory(formatHistory(run)) gives back the same bytes.
 * J2. A released version of the form is never edited.
 * J3. What is no history is MALFORMED_FRAME, with line and field: nothing is guessed and nothing is left out.
 */
import { RaftoralError } from '../errors/index.js';
import { EMPTY, utf8 } from '../state-machine/index.js';
import { BLOCKED_REASONS, CAUSES, OUTCOMES, PURPOSES } from './event-codec.js';
import { EventKind } from './event.js';
export const HISTORY_VERSION = 1;
const STATUSES = ['running', 'blocked', ...OUTCOMES];
const CALL = { epoch: 'uint', key: 'text', occurrence: 'uint', position: 'position', argumentsDigest: 'uint' };
const ATTEMPT = { epoch: 'uint', key: 'text', occurrence: 'uint', attempt: 'uint' };
const FORMS = {
    [EventKind.STARTED]: {
        name: 'started',
        fields: { input: 'payload', owner: 'uint', epoch: 'uint', buildId: 'text', continuedFrom: 'text' },
    },
    [EventKind.CHECKPOINT]: { name: 'checkpoint', fields: { ...CALL, value: 'payload', error: 'error' } },
    [EventKind.COMPUTE_RESULT]: { name: 'compute-result', fields: { ...CALL, attempt: 'uint', value: 'payload', error: 'error' } },
    [EventKind.ATTEMPT_STARTED]: { name: 'attempt-started', fields: { ...ATTEMPT, node: 'uint' } },
    [EventKind.ATTEMPT_FAILED]: { name: 'attempt-failed', fields: { ...ATTEMPT, error: 'errorRequired', timerId: 'uint', dueMs: 'ms' } },
    [EventKind.SLEEP_SET]: { name: 'sleep-set', fields: { ...CALL, timerId: 'uint', dueMs: 'ms' } },
    [EventKind.TIMER_FIRED]: { name: 'timer-fired', fields: { timerId: 'uint', purpose: PURPOSES, key: 'text', occurrence: 'uint' } },
    [EventKind.SIGNAL]: { name: 'signal', fields: { name: 'text', payload: 'payload', requestId: 'text' } },
    [EventKind.CANCEL_REQUESTED]: { name: 'cancel-requested', fields: { reason: 'text' } },
    [EventKind.OWNER_CHANGED]: { name: 'owner-changed', fields: { owner: 'uint', epoch: 'uint', cause: CAUSES, buildId: 'text' } },
    [EventKind.DECLINED]: { name: 'declined', fields: { node: 'uint', reason: 'text', message: 'text' } },
    [EventKind.BLOCKED]: { name: 'blocked', fields: { reason: BLOCKED_REASONS } },
    [EventKind.FINISHED]: {
        name: 'finished',
        fields: { outcome: OUTCOMES, consumedWseq: 'uint', result: 'payload', error: 'error', digest: 'uint', continuedAs: 'text' },
    },
};
const KIND_BY_NAME = new Map(Object.values(EventKind).map((kind) => [FORMS[kind].name, kind]));
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export function formatHistory(run) {
    const { workflowId, runId, name: workflow, version: workflowVersion, inputDigest, status } = run;
    const header = { raftoral: 'history', version: HISTORY_VERSION, workflowId, runId, workflow, workflowVersion, inputDigest, status };
    const lines = [JSON.stringify({ ...header, events: run.history.length })];
    for (const event of run.history.events())
        lines.push(formatEvent(event));
    return `${lines.join('\n')}\n`;
}
function formatEvent(event) {
    const { name, fields } = FORMS[event.kind];
    const line = { wseq: event.wseq, event: name, timeMs: event.timeMs };
    const values = event;
    for (const [field, type] of Object.entries(fields)) {
        if (type === 'payload')
            formatPayload(line, field, values[field]);
        else
            line[field] = values[field];
    }
    return JSON.stringify(line);
}
function formatPayload(line, field, bytes) {
    if (bytes.length === 0)
        return;
    try {
        const text = decoder.decode(bytes);
        const value = JSON.parse(text);
        if (canonical(value) === text) {
            line[field] = value;
            return;
        }
    }
    catch {
        // Not JSON: kept as bytes.
    }
    line[`${field}Hex`] = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
/** The canonical text of a value that JSON.parse made (R7). */
function canonical(value) {
    if (value === null || typeof value !== 'object')
        return value === 0 ? '0' : JSON.stringify(value);
    if (Array.isArray(value))
        return `[${value.map(canonical).join(',')}]`;
    const object = value;
    const keys = Object.keys(object).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`).join(',')}}`;
}
/** Throws MALFORMED_FRAME for anything that formatHistory() did not write. */
export function parseHistory(text) {
    const lines = text.split('\n');
    if (lines.at(-1) === '')
        lines.pop();
    const header = parseHeader(new Line(lines[0] ?? '', 1));
    const events = [];
    for (let i = 1; i < lines.length; i++) {
        const line = new Line(lines[i], i + 1);
        const event = parseEvent(line);
        if (event.wseq !== i)
            line.fail('wseq', `${event.wseq} stands where ${i} belongs`);
        events.push(event);
    }
    if (events.length !== header.events)
        new Line('{}', 1).fail('events', `${header.events} are announced, ${events.length} follow`);
    return { header, events };
}
function parseHeader(line) {
    if (line.take('raftoral') !== 'history')
        line.fail('raftoral', 'these lines are no history');
    if (line.take('version') !== HISTORY_VERSION)
        line.fail('version', `only version ${HISTORY_VERSION} is known`);
    const header = {
        workflowId: line.text('workflowId'),
        runId: line.text('runId'),
        name: line.text('workflow'),
        version: line.uint('workflowVersion'),
        inputDigest: line.uint('inputDigest'),
        status: line.choice('status', STATUSES),
        events: line.uint('events'),
    };
    line.end();
    return header;
}
function parseEvent(line) {
    const name = line.text('event');
    const kind = KIND_BY_NAME.get(name) ?? line.fail('event', `'${name}' is no event`);
    const event = { kind, wseq: line.uint('wseq'), timeMs: line.ms('timeMs') };
    for (const [field, type] of Object.entries(FORMS[kind].fields))
        event[field] = line.field(field, type);
    line.end();
    return event;
}
/** One line, whose fields are taken one by one, so that none is left over. */
class Line {
    number;
    fields;
    constructor(text, number) {
        this.number = number;
        let value = null;
        try {
            value = JSON.parse(text);
        }
        catch {
            this.fail('line', 'it is not JSON');
        }
        if (value === null || typeof value !== 'object' || Array.isArray(value))
            this.fail('line', 'it is no JSON object');
        this.fields = value;
    }
    fail(field, why) {
        throw new RaftoralError('MALFORMED_FRAME', `Malformed history: ${field} in line ${this.number}: ${why}.`, {
            details: { frame: 'history', field, line: this.number },
        });
    }
    take(field) {
        if (!Object.hasOwn(this.fields, field))
            return undefined;
        const value = this.fields[field];
        delete this.fields[field];
        return value;
    }
    end() {
        const [field] = Object.keys(this.fields);
        if (field !== undefined)
            this.fail(field, 'it is no field of this version');
    }
    field(field, type) {
        switch (type) {
            case 'uint':
                return this.uint(field);
            case 'ms':
                return this.ms(field);
            case 'text':
                return this.text(field);
            case 'payload':
                return this.payload(field);
            case 'error':
                return this.error(field, this.take(field));
            case 'errorRequired':
                return this.error(field, this.take(field)) ?? this.fail(field, 'there must be one');
            case 'position':
                return this.position(field);
            default:
                return this.choice(field, type);
        }
    }
    text(field) {
        const value = this.take(field);
        return typeof value === 'string' ? value : this.fail(field, 'it is no text');
    }
    uint(field) {
        const value = this.take(field);
        return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
            ? value
            : this.fail(field, 'it is no safe integer of at least 0');
    }
    ms(field) {
        const value = this.take(field);
        return typeof value === 'number' && value >= 0 ? value : this.fail(field, 'it is no time');
    }
    choice(field, choices) {
        const value = this.text(field);
        return choices.includes(value) ? value : this.fail(field, `'${value}' is none of ${choices.join(', ')}`);
    }
    payload(field) {
        const hex = this.take(`${field}Hex`);
        const value = this.take(field);
        if (hex === undefined)
            return value === undefined ? EMPTY : utf8(canonical(value));
        if (typeof hex !== 'string' || !/^([0-9a-f]{2})+$/.test(hex))
            this.fail(`${field}Hex`, 'it is not hexadecimal');
        return Uint8Array.from(hex.match(/../g), (digits) => Number.parseInt(digits, 16));
    }
    position(field) {
        const value = this.take(field);
        const { wseq, ordinal } = value ?? {};
        if (!Number.isSafeInteger(wseq) || !Number.isSafeInteger(ordinal))
            this.fail(field, 'it is no call position');
        return { wseq: wseq, ordinal: ordinal };
    }
    error(field, value) {
        if (value === null)
            return null;
        const { name, message, code, stack, cause } = (value ?? {});
        for (const text of [name, message, code, stack])
            if (typeof text !== 'string')
                this.fail(field, 'it is no error record');
        return { name, message, code, stack, cause: this.error(field, cause) };
    }
}
//# sourceMappingURL=history-json.js.map