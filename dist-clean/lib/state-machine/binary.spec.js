import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../errors/index.js';
import { BinaryReader, BinaryWriter, crc32, isWellFormed, utf8 } from './index.js';
function written(write) {
    const writer = new BinaryWriter();
    write(writer);
    return writer.finish();
}
function hex(bytes) {
    return Buffer.from(bytes).toString('hex');
}
function refusalOf(read) {
    try {
        read();
    }
    catch (error) {
        if (isRaftoralError(error))
            return { code: error.code, field: error.details['field'], offset: error.details['offset'] };
        throw error;
    }
    throw new Error('nothing was refused');
}
const reader = (bytes) => new BinaryReader('test').open(bytes);
describe('numbers', () => {
    it.each([
        [0, '00'],
        [127, '7f'],
        [128, '8001'],
        [16_384, '808001'],
        [2 ** 31 - 1, 'ffffffff07'],
        [2 ** 31, '8080808008'],
        [2 ** 32, '8080808010'],
        [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
    ])('uint %d is %s, and comes back', (value, bytes) => {
        expect(hex(written((w) => w.uint(value, 'n')))).toBe(bytes);
        expect(reader(Buffer.from(bytes, 'hex')).uint('n')).toBe(value);
    });
    it.each([
        [0, '00000000000000'],
        [2 ** 32 + 1, '01000000010000'],
        [Number.MAX_SAFE_INTEGER, 'ffffffffffff1f'],
    ])('u53 %d is %s, and comes back', (value, bytes) => {
        expect(hex(written((w) => w.u53(value, 'n')))).toBe(bytes);
        expect(reader(Buffer.from(bytes, 'hex')).u53('n')).toBe(value);
    });
    it('a number that is none is refused by the writer, with the field', () => {
        for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
            expect(() => written((w) => w.uint(value, 'version'))).toThrow(/version can not be encoded/);
            expect(() => written((w) => w.u53(value, 'digest'))).toThrow(/digest can not be encoded/);
        }
        for (const value of [NaN, Infinity, -1])
            expect(() => written((w) => w.ms(value, 'delayMs'))).toThrow(/delayMs can not be encoded/);
    });
    it('P8: a reader takes the shortest form only, and safe integers only', () => {
        expect(refusalOf(() => reader(Uint8Array.of(0x80, 0)).uint('n'))).toEqual({ code: 'MALFORMED_FRAME', field: 'n', offset: 2 });
        expect(refusalOf(() => reader(Buffer.from('ffffffffffffff10', 'hex')).uint('n')).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(new Uint8Array(12).fill(0xff)).uint('n')).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(Buffer.from('ffffffffffff20', 'hex')).u53('n')).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(written((w) => w.f64(-1, 'n'))).ms('n')).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(Buffer.from('000000000000f87f', 'hex')).f64('n')).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(Uint8Array.of(2)).boolean('b')).code).toBe('MALFORMED_FRAME');
    });
});
describe('texts', () => {
    const texts = [
        '',
        'a',
        'status',
        'größe',
        '\ufeffbom',
        '日本語',
        '😀',
        'x'.repeat(31),
        'x'.repeat(33),
        'y'.repeat(64),
        'y'.repeat(65),
        'ü'.repeat(700),
        'z'.repeat(5000),
        '\u0000\u007f',
    ];
    it('every well-formed text comes back, whichever way it was written', () => {
        for (const text of [...texts, ...texts]) {
            const bytes = written((w) => {
                w.text(text, 't', 10_000);
                w.id(text, 't', 10_000);
                w.prose(text);
            });
            const r = reader(bytes);
            expect([r.text('t', 10_000), r.id('t', 10_000), r.prose('t')]).toEqual([text, text, text]);
            r.end();
        }
    });
    it('texts that share a place of the memo are told apart', () => {
        const many = Array.from({ length: 5000 }, (_, i) => `key-${i}`);
        const bytes = written((w) => [...many, ...many].forEach((text) => w.text(text, 't', 100)));
        const r = reader(bytes);
        expect([...many, ...many].map(() => r.text('t', 100))).toEqual([...many, ...many]);
    });
    it('a UUID in lower case takes 17 bytes; any other id of that length stays a text', () => {
        const uuid = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
        expect(hex(written((w) => w.id(uuid, 'runId', 256)))).toBe('000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e');
        const near = [uuid.toUpperCase(), uuid.replaceAll('-', '_'), uuid.replace('0b', 'g0'), uuid.replace('0', 'ü'), `${uuid.slice(1)}-`];
        for (const id of [uuid, ...near]) {
            const bytes = written((w) => w.id(id, 'runId', 256));
            if (id !== uuid)
                expect(bytes.length).toBeGreaterThan(36);
            expect(reader(bytes).id('runId', 256)).toBe(id);
        }
    });
    it('thousands of UUIDs come back through the memo', () => {
        const uuids = Array.from({ length: 20_000 }, (_, i) => `${((i * 2654435761) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${String(i).padStart(12, '0')}`);
        const bytes = written((w) => uuids.forEach((id) => w.id(id, 'id', 256)));
        const r = reader(bytes);
        for (const id of uuids)
            expect(r.id('id', 256)).toBe(id);
    });
    it('a lone surrogate is refused in ids and replaced in prose', () => {
        expect(isWellFormed('a\ud800b')).toBe(false);
        expect(isWellFormed('\udc00')).toBe(false);
        expect(isWellFormed('\ud83d\ude00')).toBe(true);
        expect(() => written((w) => w.text('a\ud800', 'key', 100))).toThrow(/key can not be encoded: it holds a lone surrogate/);
        expect(reader(written((w) => w.prose('a\ud800'))).prose('p')).toBe('a\ufffd');
    });
    it('P8: limits count bytes, and hold on both sides', () => {
        expect(() => written((w) => w.text('ü'.repeat(51), 'key', 100))).toThrow(/102 bytes/);
        expect(() => written((w) => w.text('k'.repeat(11), 'key', 10))).toThrow(/11 bytes/);
        expect(() => written((w) => w.text('ü'.repeat(50), 'key', 100))).not.toThrow();
        const bytes = written((w) => w.text('k'.repeat(11), 'key', 100));
        expect(refusalOf(() => reader(bytes).text('key', 10))).toEqual({ code: 'MALFORMED_FRAME', field: 'key', offset: 1 });
    });
    it('P8: bytes that are not UTF-8 are refused', () => {
        expect(refusalOf(() => reader(Uint8Array.of(2, 0xc3, 0x28)).text('key', 10)).code).toBe('MALFORMED_FRAME');
    });
});
describe('frames', () => {
    it('P8: nothing is read beyond the end, and the message names offset and field', () => {
        const reads = [
            (r) => r.u8('f'),
            (r) => r.u32('f'),
            (r) => r.u53('f'),
            (r) => r.f64('f'),
            (r) => r.uint('f'),
            (r) => r.bytes('f'),
            (r) => r.id('f', 9),
        ];
        for (const read of reads)
            expect(refusalOf(() => read(reader(new Uint8Array(0))))).toEqual({ code: 'MALFORMED_FRAME', field: 'f', offset: 0 });
        expect(refusalOf(() => reader(Uint8Array.of(200, 1, 7)).bytes('value'))).toEqual({
            code: 'MALFORMED_FRAME',
            field: 'value',
            offset: 2,
        });
        expect(refusalOf(() => reader(Uint8Array.of(1)).end())).toEqual({ code: 'MALFORMED_FRAME', field: 'end', offset: 0 });
        expect(() => reader(Uint8Array.of(9)).bytes('value')).toThrow(/Malformed test: value at offset 1: 9 bytes are needed, 0 are left/);
    });
    it('P8: a count never exceeds what the bytes left can hold', () => {
        expect(refusalOf(() => reader(Uint8Array.of(0xff, 0xff, 0x7f, 0)).count('runs', 1)).code).toBe('MALFORMED_FRAME');
        expect(refusalOf(() => reader(Uint8Array.of(3, 0, 0, 0)).count('runs', 1, 2)).code).toBe('MALFORMED_FRAME');
        expect(reader(Uint8Array.of(3, 0, 0, 0)).count('runs', 1)).toBe(3);
    });
    it('frames of one writer do not share bytes that change', () => {
        const writer = new BinaryWriter();
        const frames = Array.from({ length: 300 }, (_, i) => {
            writer.reset();
            writer.raw(new Uint8Array(i * 7).fill(i));
            return writer.finishPooled();
        });
        frames.forEach((frame, i) => {
            expect(frame.length).toBe(i * 7);
            expect(frame.every((byte) => byte === (i & 0xff))).toBe(true);
        });
    });
    it('CRC-32 is the one of zlib', () => {
        expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
        expect(crc32(utf8(''))).toBe(0);
        expect(crc32(utf8('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
        expect(crc32(utf8('xxThe quick brown fox jumps over the lazy dogxx'), 2, 45)).toBe(0x414fa339);
    });
});
//# sourceMappingURL=binary.spec.js.map