import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../errors/index.js';
import { EMPTY_CONF_STATE, type ConfState } from '../../raft/index.js';
import { checkOwner, checkRejoin, isRejoinable, type RejoinQuestion } from './file-owner.js';
import { NOT_A_DATABASE, WRONG_MARK } from './sqlite-error.js';
import type { StateGlance } from './state-port.js';

const OLD = { deployment: 'd', nodeId: 1 };
const NEW = { deployment: 'd', nodeId: 9 };
const cause = new RaftoralError('STORAGE_DAMAGED', 'log.db, group 1, row 3: damaged');
const at = (confState: Partial<ConfState>) => ({ index: 5, term: 1, confState: { ...EMPTY_CONF_STATE, ...confState } });

type Glance = Omit<StateGlance, 'damagedGroups'> & Partial<StateGlance>;

function rejoin({ state: seen = null, ...question }: Partial<Omit<RejoinQuestion, 'state'>> & { readonly state?: Glance | null }): string {
  const state = seen === null ? null : { damagedGroups: [], ...seen };
  try {
    checkRejoin({ folder: 'data', identity: NEW, log: null, cause, ...question, state });
    return 'allowed';
  } catch (error) {
    expect(error).toMatchObject({ code: 'REJOIN_REFUSED', cause });
    return (error as Error).message;
  }
}

describe('the owner of a file', () => {
  it('is the same node of the same deployment, or the file is foreign (R42)', () => {
    expect(() => checkOwner('log.db', OLD, OLD)).not.toThrow();
    for (const [found, text] of [
      [NEW, 'belongs to node 9, this is node 1'],
      [{ ...OLD, deployment: 'e' }, 'belongs to deployment e, this is deployment d'],
    ] as const)
      expect(() => checkOwner('log.db', found, OLD)).toThrow(
        expect.objectContaining({ code: 'STORAGE_FOREIGN', message: expect.stringContaining(text) as unknown }),
      );
  });
});

describe('rejoining empty', () => {
  const voters = new Map([[1, at({ voters: [1, 2, 3] })]]);

  it('is allowed under a new node id while others vote, by what either file says', () => {
    expect(rejoin({ log: { owner: OLD, voters: {} }, state: { owner: OLD, positions: voters } })).toBe('allowed');
    expect(rejoin({ state: { owner: OLD, positions: voters } })).toBe('allowed');
    expect(rejoin({ log: { owner: OLD, voters: { 1: [1, 2] } } })).toBe('allowed');
    expect(rejoin({ log: { owner: OLD, voters: { 1: [1] } }, state: { owner: OLD, positions: voters } })).toBe('allowed');
    expect(rejoin({ state: { owner: OLD, positions: new Map() } })).toBe('allowed');
    expect(rejoin({ state: { owner: OLD, positions: new Map([[1, at({ voters: [2], learners: [1] })]]) } })).toBe('allowed');
    expect(rejoin({ state: { owner: OLD, positions: new Map([[1, at({ voters: [1], votersOutgoing: [2, 3] })]]) } })).toBe('allowed');
  });

  it('is refused to the same node id, whichever file has it', () => {
    expect(rejoin({ identity: OLD, log: { owner: OLD, voters: { 1: [1, 2] } } })).toContain('of node 1 itself');
    expect(rejoin({ log: { owner: OLD, voters: {} }, state: { owner: NEW, positions: voters } })).toContain('of node 9 itself');
  });

  it('is refused to a sole voter of any group', () => {
    const positions = new Map([...voters, [2, at({ voters: [1] })] as const]);
    expect(rejoin({ state: { owner: OLD, positions } })).toContain('node 1 is the only voter of group 2');
    expect(rejoin({ log: { owner: OLD, voters: { 3: [1] } }, state: { owner: OLD, positions: voters } })).toContain(
      'only voter of group 3',
    );
    expect(rejoin({ log: { owner: OLD, voters: { 3: [1] } } })).toContain('only voter of group 3');
  });

  it('is refused where the row of one group can not be read, and the log does not say who votes there', () => {
    const state = { owner: OLD, positions: voters, damagedGroups: [2] };
    expect(rejoin({ state })).toContain('who votes in group 2 can not be read');
    expect(rejoin({ state, log: { owner: OLD, voters: { 1: [1, 2, 3] } } })).toContain('who votes in group 2 can not be read');
    expect(rejoin({ state, log: { owner: OLD, voters: { 2: [1] } } })).toContain('only voter of group 2');
    expect(rejoin({ state, log: { owner: OLD, voters: { 2: [1, 4] } } })).toBe('allowed');
  });

  it('is refused where owner or membership can not be read, and to another deployment', () => {
    expect(rejoin({})).toContain('whose they are can not be read');
    expect(rejoin({ state: { owner: null, positions: voters } })).toContain('whose they are can not be read');
    expect(rejoin({ log: { owner: OLD, voters: {} }, state: { owner: OLD, positions: null } })).toContain(
      'which groups they hold can not be read',
    );
    expect(rejoin({ identity: { ...NEW, deployment: 'e' }, state: { owner: OLD, positions: voters } })).toContain('belong to deployment d');
  });

  it('helps against damage, a misfit and foreign files, not against a lock, a full disk or a newer format', () => {
    const is = (code: ConstructorParameters<typeof RaftoralError>[0], reason?: string): boolean =>
      isRejoinable(new RaftoralError(code, '', { details: { reason } }));
    expect([is('STORAGE_DAMAGED'), is('STORAGE_MISMATCH'), is('STORAGE_FOREIGN')]).toEqual([true, true, true]);
    expect([is('STORAGE_FORMAT', NOT_A_DATABASE), is('STORAGE_FORMAT', WRONG_MARK)]).toEqual([true, true]);
    expect([is('STORAGE_LOCKED'), is('STORAGE_FULL'), is('STORAGE_READ_ONLY'), is('STORAGE_FORMAT'), is('STORAGE_FAILED')]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(isRejoinable(new Error('STORAGE_DAMAGED'))).toBe(false);
  });
});
