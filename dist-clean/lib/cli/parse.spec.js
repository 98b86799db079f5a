/** Values of flags: what is understood, and what a person is told about what is not. */
import { describe, expect, it } from '@jest/globals';
import { parseAddress, parseChoice, parseDuration, parseInstant, parseInteger, parseJson, parseList } from './parse.js';
import { UsageError } from './usage-error.js';
describe('values of flags', () => {
    it.each([
        ['500ms', 500],
        ['10s', 10_000],
        ['1.5s', 1_500],
        ['2m', 120_000],
        ['1h', 3_600_000],
    ])('%s is a duration of %d ms', (text, ms) => expect(parseDuration(text, '--timeout')).toBe(ms));
    it.each(['', '10', '0s', '-1s', '1d', '10 s', '1e3s', '9999h', 'NaNs'])('%j is no duration', (text) => {
        expect(() => parseDuration(text, '--timeout')).toThrow(new UsageError(`--timeout: '${text}' is no duration; write 500ms, 10s, 2m or 1h.`));
    });
    it.each(['127.0.0.1:7400', 'node-1.example:80', '[::1]:7400', 'localhost:0'])('%s is an address', (text) => expect(parseAddress(text, '--address')).toBe(text));
    it.each(['', '7400', 'host', 'host:', ':7400', '::1:7400', 'host:70000', 'http://host:80', 'host:80/x', 'a b:1'])('%j is no address', (text) => {
        expect(() => parseAddress(text, '--address')).toThrow(/--address: .* is no host:port/);
    });
    it('lists have commas, and add up', () => {
        expect(parseList('a, b', '--peers', ['x'])).toEqual(['x', 'a', 'b']);
        expect(() => parseList('a,,b', '--peers')).toThrow('--peers');
    });
    it.each(['0', '-1', '1.5', 'x', '', '9007199254740993', '1e3'])('%j is no node id', (text) => {
        expect(() => parseInteger(text, 'node id')).toThrow(UsageError);
    });
    it('JSON is JSON, and a bare word is told how to become a text', () => {
        expect(parseJson('{"a":[1,null]}', 'the input')).toEqual({ a: [1, null] });
        expect(() => parseJson('lamp', 'the input')).toThrow(`the input: "lamp" is no JSON value. For a text, write '"lamp"' (with the double quotes).`);
        expect(() => parseJson('{a:1}', 'the input')).toThrow(new UsageError('the input: "{a:1}" is no JSON value.'));
    });
    it('instants are ISO 8601, or so long ago', () => {
        const now = Date.parse('2026-03-02T12:00:00Z');
        expect(parseInstant('2026-03-01T10:00:00+02:00', '--started-after', now)).toBe('2026-03-01T08:00:00.000Z');
        expect(parseInstant('90m', '--started-after', now)).toBe('2026-03-02T10:30:00.000Z');
        expect(parseInstant('1d', '--started-after', now)).toBe('2026-03-01T12:00:00.000Z');
        for (const text of ['yesterday', '12:00', '2026-13-01', ''])
            expect(() => parseInstant(text, '--started-after', now)).toThrow(UsageError);
    });
    it('a choice names the others', () => {
        expect(parseChoice('http', '--transport', ['grpc', 'http'])).toBe('http');
        expect(() => parseChoice('tcp', '--transport', ['grpc', 'http'])).toThrow("--transport: 'tcp' is none of grpc, http.");
    });
});
//# sourceMappingURL=parse.spec.js.map