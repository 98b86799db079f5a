/** The pure parts of the HTTP adapter: batches, the queue, server-sent events, paths, the OpenAPI document. */
import { describe, expect, it } from '@jest/globals';
import { CONTROL_METHODS } from '../../client/control-methods-port.js';
import { batchBytes, decodeBatch, encodeBatch } from './batch-codec.js';
import { bodyOf, bodyRequest, matchPath, pathOf, queryRequest } from './control-routes.js';
import { EventStreamReader } from './event-stream.js';
import { MessageQueue } from './message-queue.js';
import { openApiDocument } from './open-api.js';
const message = (...values) => new Uint8Array(values);
describe('batch codec', () => {
    it('what is encoded is decoded, the empty batch and the empty message too', () => {
        for (const messages of [[], [message()], [message(1, 2, 3)], [message(), message(4), new Uint8Array(100_000).fill(9)]]) {
            const body = encodeBatch(messages);
            expect(body.length).toBe(batchBytes(messages));
            expect(decodeBatch(body, 100_000)).toEqual(messages);
        }
    });
    it('I1: every cut of a batch, and every length that lies, is MALFORMED_FRAME', () => {
        const body = encodeBatch([message(1, 2, 3), message(4, 5)]);
        const whole = new Set([0, 7, body.length]);
        for (let length = 0; length <= body.length; length++) {
            const cut = body.slice(0, length);
            if (whole.has(length))
                expect(decodeBatch(cut, 10).length).toBe([0, 7, body.length].indexOf(length));
            else
                expect(() => decodeBatch(cut, 10)).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
        }
        expect(() => decodeBatch(body, 2)).toThrow(/offset 0 .*length is 3, more than 2/);
        expect(() => decodeBatch(message(255, 255, 255, 255, 1), 2 ** 33)).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
    });
    it('I2: of several messages none pins the body', () => {
        for (const decoded of decodeBatch(encodeBatch([message(1), new Uint8Array(1000)]), 1000))
            expect(decoded.buffer.byteLength).toBe(decoded.length);
    });
});
describe('message queue', () => {
    it('Q1: batches are bounded as bodies, in order, and a large message leaves alone', () => {
        const queue = new MessageQueue(20, 1000);
        for (const length of [4, 4, 4, 50, 4])
            queue.push(new Uint8Array(length));
        expect(queue.bodyBytes).toBe(66 + 5 * 4);
        const batches = [];
        while (!queue.isEmpty) {
            batches.push(queue.take().map(({ length }) => length));
            queue.taken();
        }
        expect(batches).toEqual([[4, 4], [4], [50], [4]]);
    });
    it('Q2, Q3: what leaves counts until it has left; a fall below the mark is told once', () => {
        const queue = new MessageQueue(100, 10);
        queue.push(new Uint8Array(10));
        queue.take();
        expect([queue.bytes, queue.isDrained()]).toEqual([10, false]);
        queue.taken();
        expect([queue.bytes, queue.isDrained(), queue.isDrained()]).toEqual([0, true, false]);
        queue.push(new Uint8Array(9));
        queue.take();
        queue.taken();
        expect(queue.isDrained()).toBe(false);
    });
});
describe('event stream reader', () => {
    const TEXT = ': comment\n\nid: 7\ndata: {"a":1}\n\nevent: end\r\ndata: one\r\ndata:two\r\nretry: 5\r\n\r\ndata\n\nid: 8\n\ndata: ü文😀\n\ndata: cut';
    const EVENTS = [
        { type: 'message', id: '7', data: '{"a":1}' },
        { type: 'end', id: '7', data: 'one\ntwo' },
        { type: 'message', id: '7', data: '' },
        { type: 'message', id: '8', data: 'ü文😀' },
    ];
    it('reads events whatever the bytes are cut into', () => {
        const bytes = Buffer.from(TEXT);
        for (const size of [1, 2, 3, 7, bytes.length]) {
            const reader = new EventStreamReader(1000);
            const events = [];
            for (let at = 0; at < bytes.length; at += size)
                events.push(...reader.push(bytes.subarray(at, at + size)));
            expect([size, events]).toEqual([size, EVENTS]);
        }
    });
    it('a line without an end is refused, not gathered', () => {
        const reader = new EventStreamReader(100);
        expect(() => reader.push(Buffer.from('data: '.padEnd(101, 'x')))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
    });
});
const samples = {
    text: '/?#%& ü',
    integer: 3,
    boolean: false,
    json: { a: [1, 'x'] },
    texts: ['a', 'b&c'],
    integers: [1, -2],
};
function requestFor(method) {
    return Object.fromEntries(Object.entries(method.request).map(([name, { type }]) => [name, samples[type]]));
}
describe('control routes', () => {
    it('what a client makes of a request, the server reads as the same request, for every method', () => {
        for (const method of CONTROL_METHODS) {
            const request = requestFor(method);
            const [path, query = ''] = pathOf(method, request).split('?');
            const match = matchPath(path).get(method.http.verb);
            expect(match.method.name).toBe(method.name);
            const read = method.http.verb === 'GET' ? queryRequest(match, query) : bodyRequest(match, query, bodyOf(method, request));
            expect([method.name, read]).toEqual([method.name, request]);
        }
    });
    it('R3: a literal wins over a parameter; a path with too many or empty segments is none', () => {
        expect(matchPath('/workflows/execute').get('POST').method.name).toBe('workflow.execute');
        expect(matchPath('/workflows/execute').get('GET').method.name).toBe('workflow.describe');
        for (const path of ['', '/', '/workflows/', '/workflows//events', '/workflows/a/b/c/d', 'workflows', '/../status'])
            expect([path, matchPath(path).size]).toEqual([path, 0]);
    });
    it('a path parameter that is missing is named', () => {
        expect(() => pathOf(CONTROL_METHODS.find(({ name }) => name === 'workflow.query'), { workflowId: 'x' })).toThrow(/query is missing/);
    });
});
describe('OpenAPI document', () => {
    const document = openApiDocument('/raftoral/v1');
    const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })));
    it('has the fields that OpenAPI 3.1 requires, and nothing where it allows nothing', () => {
        expect(document.openapi).toMatch(/^3\.1\.\d+$/);
        expect(Object.keys(document).sort()).toEqual(['components', 'info', 'openapi', 'paths', 'security', 'servers', 'tags']);
        expect(document.info).toEqual({ title: expect.any(String), version: expect.any(String), description: expect.any(String) });
        expect(document.servers).toEqual([{ url: '/raftoral/v1' }]);
        expect(JSON.parse(JSON.stringify(document))).toEqual(document);
        for (const { path, verb, operation } of operations) {
            expect(path).toMatch(/^\/[^?#]*$/);
            expect(['get', 'post']).toContain(verb);
            const known = ['operationId', 'summary', 'tags', 'parameters', 'requestBody', 'responses'];
            expect(Object.keys(operation).filter((key) => !known.includes(key))).toEqual([]);
            if (verb === 'get')
                expect(operation.requestBody).toBeUndefined();
            for (const [status, response] of Object.entries(operation.responses)) {
                expect(status).toMatch(/^(default|[1-5]\d\d)$/);
                expect(typeof resolve(response).description).toBe('string');
            }
        }
        const names = operations.map(({ operation }) => operation.operationId);
        expect(new Set(names).size).toBe(names.length);
    });
    it('every parameter is well formed: path parameters are those of the template and required, each has one of schema and content', () => {
        for (const { path, operation } of operations) {
            const parameters = operation.parameters.map(resolve);
            expect(new Set(parameters.map(({ name, in: place }) => `${place} ${name}`)).size).toBe(parameters.length);
            const inPath = parameters.filter((parameter) => parameter.in === 'path');
            expect(inPath.map(({ name }) => name).sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort());
            expect(inPath.every(({ required }) => required === true)).toBe(true);
            for (const parameter of parameters) {
                expect(['path', 'query', 'header']).toContain(parameter.in);
                expect(['schema' in parameter, 'content' in parameter].filter(Boolean)).toHaveLength(1);
                if ('content' in parameter)
                    expect(Object.keys(parameter.content)).toHaveLength(1);
            }
        }
    });
    it('every reference leads somewhere, every security scheme and tag is declared, every schema has known types', () => {
        walk(document, (value) => {
            if (typeof value.$ref === 'string')
                expect(resolve(value)).toBeDefined();
        });
        for (const requirement of document.security)
            for (const name of Object.keys(requirement))
                expect(document.components.securitySchemes[name]).toBeDefined();
        const tags = document.tags.map(({ name }) => name);
        for (const { operation } of operations)
            for (const tag of operation.tags)
                expect(tags).toContain(tag);
        walk(document.paths, (value) => {
            if (typeof value.schema !== 'object')
                return;
            if ('type' in value.schema)
                expect(['string', 'integer', 'boolean', 'array', 'object']).toContain(value.schema.type);
            if (value.schema.type === 'array')
                expect(value.schema.items).toBeDefined();
            for (const name of value.schema.required ?? [])
                expect(value.schema.properties[name]).toBeDefined();
        });
    });
    it('G1: it has the routes that are served, each with all fields of the table, and no other', () => {
        const described = operations.map(({ path, verb, operation }) => {
            const match = matchPath(path).get(verb.toUpperCase());
            const body = Object.keys(operation.requestBody?.content['application/json'].schema.properties ?? {});
            const parameters = operation.parameters.filter((each) => each.in === 'path' || each.in === 'query').map(({ name }) => name);
            expect(match?.method.name).toBe(operation.operationId);
            return [operation.operationId, [...body, ...parameters].sort()];
        });
        expect(described.sort()).toEqual(CONTROL_METHODS.map(({ name, request }) => [name, Object.keys(request).sort()]).sort());
    });
    function resolve(value) {
        if (typeof value?.$ref !== 'string')
            return value;
        expect(value.$ref).toMatch(/^#\//);
        return value.$ref
            .slice(2)
            .split('/')
            .reduce((at, key) => at?.[key], document);
    }
    function walk(value, visit) {
        if (typeof value !== 'object' || value === null)
            return;
        visit(value);
        for (const inner of Object.values(value))
            walk(inner, visit);
    }
});
//# sourceMappingURL=http-parts.spec.js.map