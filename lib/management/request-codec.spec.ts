import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../errors/index.js';
import type { NodeInfo } from './command.js';
import type { GroupStep } from './placement/manager/view.js';
import {
  decodeInfo,
  decodeLedGroups,
  decodePlan,
  decodeStep,
  encodeInfo,
  encodeLedGroups,
  encodePlan,
  encodeStep,
  type LedGroup,
} from './request-codec.js';

const LED: LedGroup = {
  clusterId: 2,
  term: 7,
  confIndex: 90,
  voters: [1, 2, 3],
  learners: [4],
  isChanging: false,
  caughtUp: [4],
  openWorkflows: 12,
  startsTotal: 300,
};
const INFO: NodeInfo = {
  incarnation: 4,
  addresses: ['10.0.0.1:7000'],
  zone: 'größer',
  labels: [{ name: 'disk', value: 'ssd' }],
  capacity: 8,
  role: 'voter-only',
  codecLevelMax: 1,
  workflows: [{ name: 'order', versions: [1, 2] }],
};
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return error.code;
  }
}

describe('requests between managements', () => {
  it('what is written is read', () => {
    expect(decodeLedGroups(encodeLedGroups([LED, { ...LED, clusterId: 9, isChanging: true }]))).toEqual([
      LED,
      { ...LED, clusterId: 9, isChanging: true },
    ]);
    const steps: GroupStep[] = [
      { clusterId: 0, node: 4, operation: 'add-learner' },
      { clusterId: 1, node: 4, operation: 'promote' },
      { clusterId: 1, node: 4, operation: 'remove' },
      { clusterId: 0, node: 4, operation: 'demote' },
      { clusterId: 1, node: 4, operation: 'replace', lost: 2 },
      { clusterId: 0, node: 4, operation: 'exchange', lost: 2 },
    ];
    for (const step of steps) expect(decodeStep(encodeStep(step))).toEqual(step);
    const plan = {
      decisions: [{ rule: 'fill', explanation: 'cluster 1 is short of one', step: steps[0]! }] as const,
      waiting: ['node 3 is silent'],
    };
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
    expect(decodeInfo(encodeInfo(INFO))).toEqual(INFO);
  });

  it('Q2: what a newer build says beside that is passed over', () => {
    expect(decodeLedGroups(json({ groups: [{ ...LED, mood: 'good' }], of: 'later' }))).toEqual([LED]);
    expect(decodeStep(json({ clusterId: 1, node: 2, operation: 'promote', lost: 3, later: 1 }))).toEqual({
      clusterId: 1,
      node: 2,
      operation: 'promote',
    });
  });

  it.each<readonly [string, (body: Uint8Array) => unknown, Uint8Array]>([
    ['no JSON', decodeLedGroups, new Uint8Array([1, 2, 3])],
    ['no UTF-8', decodeStep, new Uint8Array([0x22, 0xff, 0x22])],
    ['no object', decodePlan, json([])],
    ['no list', decodeLedGroups, json({ groups: {} })],
    ['an id of 0', decodeLedGroups, json({ groups: [{ ...LED, voters: [0] }] })],
    ['a fraction', decodeLedGroups, json({ groups: [{ ...LED, openWorkflows: 1.5 }] })],
    ['less than nothing', decodeLedGroups, json({ groups: [{ ...LED, startsTotal: -1 }] })],
    ['an unknown operation', decodeStep, json({ clusterId: 1, node: 2, operation: 'explode' })],
    ['nobody to replace', decodeStep, json({ clusterId: 1, node: 2, operation: 'replace' })],
    ['a decision of nothing', decodePlan, json({ decisions: [{ rule: 'fill', explanation: 'why' }], waiting: [] })],
    ['a wait that is no text', decodePlan, json({ decisions: [], waiting: [3] })],
    ['an info of another version', decodeInfo, new Uint8Array([9])],
    ['an info that is cut', decodeInfo, encodeInfo(INFO).slice(0, 12)],
    ['an info with more behind it', decodeInfo, new Uint8Array([...encodeInfo(INFO), 0])],
  ])('P8: %s is MALFORMED_FRAME', (_, decode, body) => {
    expect(codeOf(() => decode(body))).toBe('MALFORMED_FRAME');
  });
});
