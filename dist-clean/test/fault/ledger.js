const COMPARED = [
    'key',
    'occurrence',
    'attempt',
    'value',
    'input',
    'name',
    'payload',
    'outcome',
    'result',
    'purpose',
    'node',
    'owner',
];
const OPERATIONS = new Set(['checkpoint', 'compute-result']);
const VALUE_LENGTH = 36; // of a UUID; the padding behind it is not in the effects file
export class Ledger {
    acknowledged = { starts: 0, signals: 0, checkpoints: 0, results: 0 };
    runs = new Map();
    /** What two answers to the same request, or two reports of the same event, contradict. */
    contradictions = [];
    intend(workflowId, requestId, input, signals) {
        const record = {
            workflowId,
            requestId,
            input,
            signals: signals.map((signal) => ({ ...signal, acknowledged: false })),
            runId: null,
            isStarted: false,
            events: new Map(),
            result: null,
            isTouched: false,
        };
        this.runs.set(workflowId, record);
        return record;
    }
    started(record, runId) {
        if (!this.isRun(record, runId) || record.isStarted)
            return;
        record.isStarted = true;
        this.acknowledged.starts++;
    }
    signalled(record, signal) {
        if (signal.acknowledged)
            return;
        signal.acknowledged = true;
        record.isTouched = true;
        this.acknowledged.signals++;
    }
    finished(record, result) {
        const text = textOf(result);
        if (record.result !== null && record.result !== text)
            this.contradict('altered', `${record.workflowId} gave two results: ${record.result} and ${text}`);
        if (record.result !== null)
            return;
        record.result = text;
        record.isTouched = true;
        this.acknowledged.results++;
    }
    /** An event may be reported again by a node that replays its log; it must be the same one. */
    happened(said) {
        const record = this.runs.get(said.workflowId);
        if (record === undefined)
            return this.contradict('invented', `${said.workflowId} was never sent`);
        if (!this.isRun(record, said.runId))
            return;
        const text = comparable(said.event.kind, Date.parse(said.event.time), { ...said.event });
        const known = record.events.get(said.event.wseq);
        if (known === text)
            return;
        if (known !== undefined)
            this.contradict('altered', `${said.workflowId}: event ${said.event.wseq} was reported as ${known} and as ${text}`);
        record.events.set(said.event.wseq, text);
        record.isTouched = true;
        if (OPERATIONS.has(said.event.kind))
            this.acknowledged.checkpoints++;
    }
    /** Runs whose result is not acknowledged, oldest first. */
    unfinished() {
        return [...this.runs.values()].filter(({ result }) => result === null);
    }
    isRun(record, runId) {
        record.isTouched = true;
        record.runId ??= runId;
        if (record.runId === runId)
            return true;
        this.contradict('doubled', `${record.workflowId} is run ${record.runId}, and run ${runId}`);
        return false;
    }
    contradict(kind, text) {
        this.contradictions.push({ kind, text });
    }
}
/** `history`: JSON lines, or null when the node says that there is no such workflow. */
export function checkRun(record, history, effects) {
    const problems = [];
    const found = (kind, text) => void problems.push({ kind, text: `${record.workflowId}: ${text}` });
    if (history === null) {
        if (record.runId !== null)
            found('lost', `its start was acknowledged (run ${record.runId}, ${record.events.size} events reported), and it is not there`);
        return problems;
    }
    const [header, ...events] = history
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const runId = String(header['runId']);
    if (record.runId !== null && record.runId !== runId)
        found('doubled', `started as run ${record.runId}, it is run ${runId} now`);
    checkOrder(events, found);
    checkReported(record, events, found);
    checkOperations(events, effects.get(runId), found);
    checkSignals(record, events, found);
    checkResult(record, events, found);
    return problems;
}
function checkOrder(events, found) {
    for (const [index, event] of events.entries())
        if (event['wseq'] !== index + 1)
            return found('lost', `event ${index + 1} of its history has the number ${String(event['wseq'])}`);
}
function checkReported(record, events, found) {
    for (const [wseq, reported] of record.events) {
        const event = events[wseq - 1];
        if (event === undefined)
            found('lost', `event ${wseq} was reported (${reported}), and its history ends at ${events.length}`);
        else {
            const text = comparable(String(event['event']), Number(event['timeMs']), event);
            if (text !== reported)
                found('altered', `event ${wseq} was reported as ${reported}, and is ${text}`);
        }
    }
}
function checkOperations(events, effects, found) {
    const seen = new Set();
    let step = 0;
    for (const event of events) {
        if (!OPERATIONS.has(event['event']))
            continue;
        const operation = `${String(event['key'])} ${String(event['occurrence'])}`;
        if (seen.has(operation))
            found('doubled', `operation ${operation} has two outcomes`);
        seen.add(operation);
        if (event['event'] !== 'compute-result')
            continue;
        const value = String(event['value']).slice(0, VALUE_LENGTH);
        if (effects?.get(`work ${step}`)?.has(value) !== true)
            found('invented', `no body made ${value}, the value of ${operation}`);
        step++;
    }
}
function checkSignals(record, events, found) {
    const recorded = events.filter((event) => event['event'] === 'signal');
    for (const { requestId, payload, acknowledged } of record.signals) {
        const hits = recorded.filter((event) => event['payload'] === payload || event['requestId'] === requestId).length;
        if (hits > 1)
            found('doubled', `signal ${payload} is recorded ${hits} times`);
        if (hits === 0 && acknowledged)
            found('lost', `signal ${payload} was acknowledged, and is not recorded`);
    }
    for (const event of recorded)
        if (!record.signals.some(({ payload }) => payload === event['payload']))
            found('invented', `signal ${String(event['payload'])} was never sent`);
}
function checkResult(record, events, found) {
    const ends = events.filter((event) => event['event'] === 'finished');
    if (ends.length > 1)
        found('doubled', `it ended ${ends.length} times`);
    const end = ends[0];
    if (end === undefined) {
        if (record.result !== null)
            found('lost', 'its result was acknowledged, and it has not ended');
        return;
    }
    const values = (kind) => events.filter((event) => event['event'] === kind).map((event) => event['value'] ?? event['payload']);
    const expected = {
        values: values('compute-result'),
        notes: values('checkpoint'),
        received: values('signal').slice(0, record.input.signals),
    };
    const result = textOf(end['result']);
    if (result !== textOf(expected))
        found('altered', `its result is ${result}, its history gives ${textOf(expected)}`);
    if (record.result !== null && record.result !== result)
        found('altered', `its acknowledged result was ${record.result}, and is ${result}`);
}
/** Every acknowledged id once, no run twice. */
export function checkList(ledger, items) {
    const problems = [];
    const byId = new Map();
    for (const { workflowId, runId } of items)
        byId.set(workflowId, [...(byId.get(workflowId) ?? []), runId]);
    for (const [workflowId, runIds] of byId)
        if (runIds.length > 1)
            problems.push({ kind: 'doubled', text: `${workflowId} is listed ${runIds.length} times: ${runIds.join(', ')}` });
    for (const record of ledger.runs.values())
        if (record.runId !== null && !byId.has(record.workflowId))
            problems.push({ kind: 'lost', text: `${record.workflowId} is not listed` });
    return problems;
}
/** Lines of the effects file: run, key, step, value, idempotency key. */
export function readEffects(text) {
    const effects = new Map();
    const keys = new Map();
    const problems = [];
    for (const line of text.split('\n')) {
        const [runId, key, step, value, idempotencyKey] = line.split(' ');
        if (runId === undefined || idempotencyKey === undefined)
            continue;
        const operation = `${key} ${step}`;
        const ofRun = effects.get(runId) ?? new Map();
        effects.set(runId, ofRun);
        const values = ofRun.get(operation) ?? new Set();
        ofRun.set(operation, values.add(value));
        const known = keys.get(`${runId} ${operation}`) ?? idempotencyKey;
        keys.set(`${runId} ${operation}`, known);
        if (known !== idempotencyKey)
            problems.push({ kind: 'doubled', text: `${runId} ${operation} ran under two idempotency keys` });
    }
    return { effects, problems };
}
function comparable(kind, timeMs, fields) {
    const kept = COMPARED.filter((name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== '');
    return `${kind} @${Math.floor(timeMs)} ${textOf(Object.fromEntries(kept.map((name) => [name, fields[name]])))}`;
}
/** JSON with sorted keys: two texts are equal when the values are. */
function textOf(value) {
    return JSON.stringify(value, (_key, inner) => typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner);
}
//# sourceMappingURL=ledger.js.map