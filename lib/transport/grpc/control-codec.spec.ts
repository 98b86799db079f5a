import { beforeAll, describe, expect, it } from '@jest/globals';
import { CONTROL_METHODS, type ControlField } from '../../client/control-methods-port.js';
import type { Json, JsonObject } from '../../client/control-port.js';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './control-codec.js';
import { loadGrpc } from './modules.js';
import type { ControlRpc } from './proto.js';

let rpcs: ReadonlyMap<string, ControlRpc>;
beforeAll(async () => {
  rpcs = (await loadGrpc()).proto.byName;
});
const rpc = (name: string): ControlRpc => rpcs.get(name)!;

const VALUES: Readonly<Record<ControlField['type'], readonly Json[]>> = {
  text: ['x', 'ä\n"', '\u{1f600}'],
  integer: [1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  boolean: [true],
  json: [null, 0, '', [], {}, { a: [1, 'b', null, { c: false }] }],
  texts: [['a', ''], ['b']],
  integers: [[1, 2], [Number.MAX_SAFE_INTEGER]],
};
const WRONG: Readonly<Record<ControlField['type'], readonly unknown[]>> = {
  text: [1, true, null, []],
  integer: [1.5, 2 ** 53, '1', Number.NaN, null],
  boolean: ['true', 0, null],
  json: [],
  texts: ['a', [1], [null], {}],
  integers: [1, ['1'], [1.5]],
};

describe('requests', () => {
  it('K1: every field of every call comes out as it went in', () => {
    for (const { name, request } of CONTROL_METHODS)
      for (const [field, { type }] of Object.entries(request))
        for (const value of VALUES[type]) {
          const asked = { [field]: value } as JsonObject;
          expect([name, decodeRequest(rpc(name), encodeRequest(rpc(name), asked))]).toEqual([name, asked]);
        }
  });

  it('K2: a value that does not fit its field is INVALID_ARGUMENT that names call and field, before anything is sent', () => {
    for (const { name, request } of CONTROL_METHODS)
      for (const [field, { type }] of Object.entries(request))
        for (const value of WRONG[type])
          expect(() => encodeRequest(rpc(name), { [field]: value } as JsonObject)).toThrow(
            expect.objectContaining({
              code: 'INVALID_ARGUMENT',
              details: { field },
              message: expect.stringContaining(`${name}: ${field} must be`),
            }),
          );
    expect(() => encodeRequest(rpc('admin.status'), { toString: 'x' } as unknown as JsonObject)).toThrow(
      'toString is no field of this call',
    );
  });

  it('K2: JSON that is none, and bytes that are no message', () => {
    const start = rpc('workflow.start');
    const broken = start.encodeRequest({ name: 'a', inputJson: '{' });
    expect(() => decodeRequest(start, broken)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { field: 'input' } }));
    expect(() => decodeRequest(start, Buffer.from([0x0a, 0xff]))).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('K3: an empty list is as good as none; what is undefined is not sent', () => {
    const list = rpc('workflow.list');
    expect(decodeRequest(list, encodeRequest(list, { status: [], name: undefined } as unknown as JsonObject))).toEqual({});
  });

  it('a field of a later version is skipped', () => {
    const status = rpc('workflow.describe');
    const later = Buffer.concat([encodeRequest(status, { workflowId: 'w' }), Buffer.from([0xfa, 0x07, 0x01, 0x78])]);
    expect(decodeRequest(status, later)).toEqual({ workflowId: 'w' });
  });
});

describe('answers', () => {
  it('K1: whatever a node answers comes out as it went in: known fields, nulls, and what has no field', () => {
    const answers: JsonObject[] = [
      {},
      { workflowId: 'w', runId: 'r', requestId: 'q', existing: false },
      { workflowId: null, existing: 'no boolean', runId: 5 },
      { result: { deep: [1, null] }, ofALaterVersion: { a: 1 }, moreJson: 'is a name too' },
      { nodeId: 1.5, voters: [1, 2], leader: Number.MAX_SAFE_INTEGER },
    ];
    for (const { name } of CONTROL_METHODS) {
      // A list that is absent comes out empty: proto3 knows no difference.
      const lists = Object.fromEntries(
        [...rpc(name).responseFields].filter(([, { isRepeated }]) => isRepeated).map(([field]) => [field, []]),
      );
      for (const answer of answers)
        expect([name, decodeResponse(rpc(name), encodeResponse(rpc(name), answer))]).toEqual([name, { ...lists, ...answer }]);
    }
  });

  it('an answer that is no JSON where it should be is MALFORMED_FRAME', () => {
    const status = rpc('admin.status');
    for (const more of ['{', '[]', '5', 'null'])
      expect(() => decodeResponse(status, status.encodeResponse({ moreJson: more }))).toThrow(
        expect.objectContaining({ code: 'MALFORMED_FRAME' }),
      );
  });
});
