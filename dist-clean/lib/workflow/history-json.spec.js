import { describe, expect, it } from '@jest/globals';
import { WorkflowChaos, xorshift } from '../../test/support/workflow-chaos.js';
import { MachineUnderTest, NOTHING, json } from '../../test/support/workflow-machine.js';
import { SAMPLE_EVENTS } from '../../test/support/workflow-samples.js';
import { isRaftoralError } from '../errors/index.js';
import { EventKind } from './event.js';
import { formatHistory, parseHistory } from './history-json.js';
import { RunHistory } from './state-machine/run-history.js';
import { WorkflowStateMachine } from './state-machine.js';
function fateOf(text) {
    try {
        parseHistory(text);
    }
    catch (error) {
        if (isRaftoralError(error, 'MALFORMED_FRAME'))
            return error.message;
        throw error;
    }
    return 'accepted';
}
/** A run with these events, numbered anew. */
function runOf(events) {
    const m = new MachineUnderTest();
    m.start('order-1');
    const history = new RunHistory();
    events.forEach((event, i) => history.push({ ...event, wseq: i + 1 }));
    return Object.assign(Object.create(m.run('run-order-1')), { history });
}
const signal = (payload) => ({ kind: EventKind.SIGNAL, wseq: 1, timeMs: 1, name: 's', payload, requestId: 'q' });
describe('history as JSON lines', () => {
    it('the form is pinned', () => {
        const m = new MachineUnderTest();
        m.start('order-1', { input: json({ item: 7 }) });
        m.checkpoint('run-order-1', { key: 'status', value: json('new') });
        m.finish('run-order-1', { result: NOTHING });
        expect(formatHistory(m.run('run-order-1')).split('\n')).toEqual([
            '{"raftoral":"history","version":1,"workflowId":"order-1","runId":"run-order-1","workflow":"order","workflowVersion":1,"inputDigest":7,"status":"completed","events":3}',
            '{"wseq":1,"event":"started","timeMs":1000000,"input":{"item":7},"owner":1,"epoch":1,"buildId":"build-1","continuedFrom":""}',
            '{"wseq":2,"event":"checkpoint","timeMs":1000000,"epoch":1,"key":"status","occurrence":1,"position":{"wseq":1,"ordinal":0},"argumentsDigest":3,"value":"new","error":null}',
            '{"wseq":3,"event":"finished","timeMs":1000000,"outcome":"completed","consumedWseq":2,"error":null,"digest":9,"continuedAs":""}',
            '',
        ]);
    });
    it('every kind of event comes back as it was', () => {
        const run = runOf(SAMPLE_EVENTS.map(([, event]) => event));
        const { header, events } = parseHistory(formatHistory(run));
        expect(events).toEqual(run.history.events());
        expect(header).toEqual({
            workflowId: 'order-1',
            runId: 'run-order-1',
            name: 'order',
            version: 1,
            inputDigest: 7,
            status: 'running',
            events: 13,
        });
    });
    it('R7: payloads come back byte for byte: no value, null, zero, sorted keys, odd keys, and bytes that are no canonical JSON', () => {
        const texts = [
            '',
            'null',
            '0',
            '""',
            '[]',
            '{}',
            '{"1":1,"10":2,"9":3,"a":{"__proto__":1},"ü":"\\n😀"}',
            '1e+100',
            '{"b":1,"a":2}',
            '-0',
            ' 1',
            '[1, 2]',
            'nonsense',
            '"\\u0041"',
        ];
        const payloads = [...texts.map((text) => Uint8Array.from(Buffer.from(text))), Uint8Array.of(0xff, 0xfe)];
        const run = runOf(payloads.map(signal));
        const text = formatHistory(run);
        expect(parseHistory(text).events).toEqual(run.history.events());
        expect(text).toContain('"payload":{"1":1,"9":3,"10":2,');
        expect(text).toContain('"payloadHex":"fffe"');
        expect(text.match(/payloadHex/g).length).toBe(7);
    });
    it('random runs come back as they were', () => {
        const machine = new WorkflowStateMachine({ groupId: 1 });
        const chaos = new WorkflowChaos(xorshift(5));
        for (let i = 0; i < 3000; i++)
            chaos.step([machine]);
        let runs = 0;
        for (const run of machine.allRuns()) {
            expect(parseHistory(formatHistory(run)).events).toEqual(run.history.events().map((event) => JSON.parse(JSON.stringify(event), revive(event))));
            runs++;
        }
        expect(runs).toBeGreaterThan(10);
    });
    it('P8: what is no history is refused, with line and field', () => {
        const good = formatHistory(runOf(SAMPLE_EVENTS.map(([, event]) => event)));
        const lines = good.split('\n');
        const changed = (from, to) => fateOf(good.replace(from, to));
        expect(fateOf(good)).toBe('accepted');
        expect(fateOf('')).toMatch(/line in line 1: it is not JSON/);
        expect(fateOf('[]\n')).toMatch(/no JSON object/);
        expect(fateOf('{"raftoral":"snapshot"}')).toMatch(/raftoral in line 1/);
        expect(changed('"version":1', '"version":2')).toMatch(/version in line 1: only version 1 is known/);
        expect(changed('"events":13', '"events":12')).toMatch(/12 are announced, 13 follow/);
        expect(fateOf([...lines.slice(0, 4), ...lines.slice(5)].join('\n'))).toMatch(/wseq in line 5: 5 stands where 4 belongs/);
        expect(changed('"event":"signal"', '"event":"sign"')).toMatch(/event in line 9: 'sign' is no event/);
        expect(changed('"purpose":"retry"', '"purpose":"other"')).toMatch(/purpose in line 8: 'other' is none of sleep, retry/);
        expect(changed('"requestId":', '"requestID":')).toMatch(/requestId in line 9/);
        expect(changed('"reason":"too late"', '"reason":"too late","more":1')).toMatch(/more in line 10: it is no field/);
        expect(changed('"position":{"wseq":300,"ordinal":1}', '"position":{"wseq":300}')).toMatch(/position in line 3/);
        expect(changed('"attempt":4', '"attempt":-4')).toMatch(/attempt in line 4/);
        expect(changed(/"timeMs":\d+/, '"timeMs":"x"')).toMatch(/timeMs in line 2/);
        expect(changed(/"error":\{"name":"StockError"/, '"error":{"name":5')).toMatch(/error in line 4: it is no error record/);
        expect(fateOf(formatHistory(runOf([signal(Uint8Array.of(255))])).replace('"ff"', '"f"'))).toMatch(/payloadHex in line 2/);
    });
});
/** Payloads through JSON would become objects: the original ones are put back. */
function revive(original) {
    const values = original;
    return (key, value) => (values[key] instanceof Uint8Array ? values[key] : value);
}
//# sourceMappingURL=history-json.spec.js.map