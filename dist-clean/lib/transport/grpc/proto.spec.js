/** raftoral.proto, the table of calls and the descriptor in the code say the same. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as loader from '@grpc/proto-loader';
import { CONTROL_METHODS } from '../../client/control-methods-port.js';
import { PROTO_PACKAGE, camelCase, loadProto } from './proto.js';
const SOURCE = join(process.cwd(), 'lib/transport/grpc/raftoral.proto');
const fieldsOf = (entry) => entry.type.field;
const source = loader.loadSync(SOURCE, { keepCase: true, longs: Number });
const inCode = loadProto(loader).definition;
const WIRE = {
    text: ['', 'TYPE_STRING', false],
    integer: ['', 'TYPE_INT64', false],
    boolean: ['', 'TYPE_BOOL', false],
    json: ['_json', 'TYPE_STRING', false],
    texts: ['', 'TYPE_STRING', true],
    integers: ['', 'TYPE_INT64', true],
};
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
describe('raftoral.proto', () => {
    it('the descriptor in the code is that of the file (npm run fix)', () => {
        const shape = (definition) => Object.fromEntries(Object.entries(definition)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, entry]) => [
            name,
            'format' in entry
                ? fieldsOf(entry).map((field) => [field.name, field.number, field.type, field.label])
                : Object.values(entry).map((method) => [
                    method.path,
                    method.requestStream,
                    method.responseStream,
                    method.requestType.type.name,
                    method.responseType.type.name,
                ]),
        ]));
        expect(shape(inCode)).toEqual(shape(source));
    });
    it('has the services and methods of the table, and no other but the stream of peers', () => {
        const found = Object.entries(source).flatMap(([name, entry]) => 'format' in entry
            ? []
            : Object.values(entry).map(({ path, requestStream, responseStream }) => `${path} ${requestStream ? 'stream' : 'one'} ${responseStream ? 'stream' : 'one'} ${name}`));
        const expected = CONTROL_METHODS.map(({ rpc, isStream }) => `/${PROTO_PACKAGE}.${rpc.service}/${rpc.method} one ${isStream === true ? 'stream' : 'one'} ${PROTO_PACKAGE}.${rpc.service}`);
        expect(found.sort()).toEqual([...expected, `/${PROTO_PACKAGE}.PeerStream/Connect stream stream ${PROTO_PACKAGE}.PeerStream`].sort());
    });
    it.each(CONTROL_METHODS.map((method) => [method.name, method]))('the request of %s has the fields of the table, each of its type', (_, method) => {
        const { requestType } = source[`${PROTO_PACKAGE}.${method.rpc.service}`][method.rpc.method];
        const fields = fieldsOf(requestType).map(({ name, type, label }) => [name, type, label === 'LABEL_REPEATED']);
        const expected = Object.entries(method.request).map(([name, { type }]) => {
            const [suffix, wireType, isRepeated] = WIRE[type];
            return [snakeCase(name) + suffix, wireType, isRepeated];
        });
        expect(fields.sort()).toEqual(expected.sort());
    });
    it('names survive the way from JSON to the wire and back', () => {
        for (const entry of Object.values(source)) {
            if (!('format' in entry))
                continue;
            for (const { name } of fieldsOf(entry))
                expect(snakeCase(camelCase(name))).toBe(name);
        }
    });
    it('every answer has room for what has no field of its own', () => {
        for (const { path, responseFields } of loadProto(loader).byPath.values())
            expect([path, responseFields.has('moreJson')]).toEqual([path, true]);
    });
    it('T1: numbers of released fields stay as they are', () => {
        const numbers = Object.entries(source)
            .filter(([, entry]) => 'format' in entry)
            .map(([name, entry]) => `${name.slice(PROTO_PACKAGE.length + 1)}: ${fieldsOf(entry)
            .map((field) => `${field.name}=${field.number}`)
            .join(' ')}`)
            .sort();
        expect(numbers).toMatchSnapshot();
    });
    it('says what it is about: the rules of the file stand at its head', () => {
        expect(readFileSync(SOURCE, 'utf8')).toMatch(/^\/\/ The gRPC interface of a node/);
    });
});
//# sourceMappingURL=proto.spec.js.map