/** Everything that released builds wrote is read, applied and written again by today's code, to the same bytes (files/, README.md). */
import { describe, expect, it } from '@jest/globals';
import { checkSet, missingIn, uncovered } from './check.js';
import { FAMILY_NAMES, familyOf } from './families.js';
import type { Family, GoldenCase } from './family.js';
import { readSets, writeSet } from './files.js';
import { differenceOf, type Plain, type PlainObject } from './plain.js';

describe.each(FAMILY_NAMES)('golden files: %s', (name) => {
  const sets = readSets(name);

  it.each(sets.map((set) => [set.name, set] as const))('%s is read and written as it was released', async (_, set) => {
    expect(await checkSet(await familyOf(name), set.cases)).toEqual([]);
  });

  it('R31: whatever the code has occurs in a file: npm run golden -- --write', async () => {
    const family = await familyOf(name);
    const what = missingIn(family, sets).map((label) => `${label}: in no golden file; npm run golden -- --write ${name}/NAME`);
    expect(what).toEqual([]);
  });

  it('cases have names of their own, and there is one at least', () => {
    expect(sets.flatMap(({ cases }) => cases).length).toBeGreaterThan(0);
    for (const { cases } of sets) expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length);
  });
});

describe('the check can fail', () => {
  const first = async (name: string): Promise<{ readonly family: Family; readonly released: GoldenCase }> => {
    const family = await familyOf(name);
    return { family, released: readSets(name)[0]!.cases[0]! };
  };

  it('an applier that answers otherwise is found, with the step and the remedy', async () => {
    const family = await familyOf('applier');
    const { cases } = readSets('applier').find(({ name }) => name === 'level-1')!;
    const released = cases.find(({ name }) => name === 'operations and timers')!;
    const outcomes = (released['value'] as PlainObject)['outcomes'] as readonly PlainObject[];
    const at = outcomes.findIndex(({ answer }) => (answer as PlainObject | null)?.['reason'] === 'stale epoch');
    const changed = outcomes.map((one, i) => (i === at ? { ...one, answer: { ok: true, runId: 'r', wseq: 1, existing: false } } : one));
    const planted = { ...released, value: { ...(released['value'] as PlainObject), outcomes: changed } } as GoldenCase;
    expect(await checkSet(family, [planted])).toEqual([
      expect.stringMatching(
        new RegExp(`^operations and timers: step ${at + 1} \\(CHECKPOINT\\) does not do what it did.*new codec level`, 's'),
      ),
    ]);
  });

  it.each([
    'commands',
    'events',
    'log-rows',
    'envelopes',
    'packets',
    'gossip',
    'handshakes',
    'control',
    'descriptor',
    'histories',
    'snapshot-streams',
    'notes',
    'calls',
    'management-commands',
    'management-applier',
  ])('%s: another outcome of the same bytes is found', async (name) => {
    const { family, released } = await first(name);
    expect(await family.check(released)).toEqual([]);
    const planted = JSON.parse(JSON.stringify(released)) as Record<string, never>;
    expect(plantInto(planted)).toBe(true);
    expect(await checkSet(family, [planted as unknown as GoldenCase])).toEqual([expect.stringContaining(family.remedy)]);
  });

  it('bodies of calls: a field that is gone is found, a new one needs a case, words may change, and no method is forgotten', async () => {
    const family = await familyOf('calls');
    const sets = readSets('calls');
    const caseOf = (name: string): GoldenCase => sets.flatMap(({ cases }) => [...cases]).find((one) => one.name === name)!;
    const changed = (name: string, change: Readonly<Record<string, Plain>>): Promise<string[]> =>
      checkSet(family, [{ ...caseOf(name), ...change } as GoldenCase]);

    const operation = { type: 'promote', node: 4 };
    expect(await changed('raft.membership: promote', { request: { operation, isRepeated: false, since: 1 } })).toEqual([
      expect.stringMatching(/request\.since is gone; it was 1/),
    ]);
    expect(await changed('raft.membership: promote', { request: { operation } })).toEqual([]);
    const older = sets.map((set) => ({
      ...set,
      cases: set.cases.map((one) => {
        if (one['method'] !== 'raft.membership') return one;
        const { isRepeated: _, ...request } = one['request'] as PlainObject;
        return { ...one, request } as GoldenCase;
      }),
    }));
    expect(missingIn(family, older)).toEqual(['raft.membership request.isRepeated']);

    const refused = 'raft.membership: remove, refused';
    const answer = caseOf(refused)['answer'] as PlainObject;
    expect(await changed(refused, { answer: { ...answer, message: 'no' } })).toEqual([]);
    const details = { ...(answer['details'] as PlainObject), reason: 'unknown' };
    expect(await changed(refused, { answer: { ...answer, details } })).toEqual([expect.stringContaining('details.reason')]);

    const without = sets.map((set) => ({ ...set, cases: set.cases.filter(({ method }) => method !== 'raft.leaving') }));
    expect(missingIn(family, without)).toEqual(expect.arrayContaining(['raft.leaving']));
  });

  it('a kind without a case is missing, and only what is missing is written', async () => {
    const { family } = await first('commands');
    const sets = readSets('commands');
    expect(missingIn({ ...family, needed: () => [...family.needed(), 'ANOTHER_KIND'] }, sets)).toEqual(['ANOTHER_KIND']);
    const without = sets.map((set) => ({ ...set, cases: set.cases.filter(({ name }) => name !== 'SIGNAL') }));
    expect(missingIn(family, without)).toEqual(['SIGNAL']);
    expect(uncovered(family, without, await family.make()).map(({ name }) => name)).toEqual(['SIGNAL']);
    expect(uncovered(family, sets, await family.make())).toEqual([]);
  });
});

/** Changes the first text, number or flag of the outcome. */
function plantInto(released: Record<string, never>): boolean {
  const places = ['value', 'refused', 'fields', 'call', 'answer'].filter((name) => name in released);
  return places.some((name) => changeFirst(released as Record<string, unknown>, name));
}

function changeFirst(holder: Record<string, unknown>, name: string): boolean {
  const value = holder[name];
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).some((inner) => changeFirst(value as Record<string, unknown>, inner));
  }
  if (typeof value === 'string') holder[name] = `${value}0`;
  else if (typeof value === 'number') holder[name] = value + 1;
  else if (typeof value === 'boolean') holder[name] = !value;
  else return false;
  return true;
}

describe('files', () => {
  it('a file is never written over', () => {
    const { family, name } = { family: 'commands', name: 'level-1' };
    const before = readSets(family);
    expect(() => writeSet({ family, name, cases: [] })).toThrow(/level-1\.json is there: a golden file is never written over/);
    expect(readSets(family)).toEqual(before);
  });
});

describe('differences', () => {
  it('name the place, what was and what is', () => {
    expect(differenceOf({ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] })).toBeNull();
    expect(differenceOf({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeNull();
    expect(differenceOf({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] })).toBe('a.1.b was "x" and is "y"');
    expect(differenceOf({ a: 1 }, { a: 1, b: 2 })).toBe('b is new: 2');
    expect(differenceOf({ a: null }, {})).toBe('a is gone; it was null');
    expect(differenceOf([], {})).toBe('it was [] and is {}');
    expect(differenceOf(null, 0)).toBe('it was null and is 0');
  });
});
