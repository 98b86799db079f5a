/**
 * Planted faults of the end of a removal (lib/cluster/removal.ts). Left out, because a second line keeps it from having any effect: that the term of the entry is not
 * compared when it is applied (whoever loses the leadership forgets the entry before it applies one of its successor: `removal-of-an-earlier-leadership` takes both lines away).
 */
import type { Mutant } from './mutant.js';

const REMOVAL = 'test/cluster/removal.spec.ts';

export const REMOVAL_MUTANTS: readonly Mutant[] = [
  {
    id: 'removed-voter-goes-at-once',
    layer: 'shell',
    what: 'a voter that was removed goes when it has applied its removal, and not when the others can do without it',
    file: 'lib/cluster/removal.ts',
    find: 'if (this.wasVoter) this.isLeaving = true;\n    else this.out();',
    replace: 'this.out();',
    killers: [REMOVAL],
  },
  {
    id: 'told-before-it-is-covered',
    layer: 'shell',
    what: 'the leader tells who was removed when the removal is applied, before its own entry is',
    file: 'lib/cluster/removal.ts',
    find: 'if (lost.length > 0) this.cover();',
    replace: 'if (lost.length > 0) {\n      this.cover();\n      this.tell();\n    }',
    killers: [REMOVAL],
  },
  {
    id: 'removal-not-begun-anew',
    layer: 'shell',
    what: 'a new leader, asked by a removed node whether it may go, does nothing about it',
    file: 'lib/cluster/removal.ts',
    find: 'if (this.isCovered) this.tell();\n    else this.cover();',
    replace: 'if (this.isCovered) this.tell();',
    killers: [REMOVAL],
  },
  {
    id: 'removal-called-done-early',
    layer: 'shell',
    what: 'a removal is answered when it is applied, and not when the removed node may be switched off',
    file: 'lib/cluster/membership-calls.ts',
    find: 'if (leavingOf(change.operation) === 0) this.resolve(change);',
    replace: 'this.resolve(change);',
    killers: [REMOVAL],
  },
  {
    id: 'removed-node-asks-once',
    layer: 'shell',
    what: 'a removed node that was told nothing asks once, and never again',
    file: 'lib/cluster/removal.ts',
    find: 'this.askAt = host.clock.monotonic() + ASK_EVERY_MS;',
    replace: 'this.askAt = Infinity;',
    killers: [REMOVAL],
  },
  {
    id: 'removal-of-an-earlier-leadership',
    layer: 'shell',
    what: 'who led before takes the entry of its successor for the one that covers the removal, and lets the removed node go',
    file: 'lib/cluster/removal.ts',
    find: 'this.coveredIndex = NEVER;\n    this.wantedIndex = NEVER;\n    this.entryIndex = 0;\n    this.gone.clear();',
    replace: 'this.coveredIndex = NEVER;\n    this.entryTerm = this.context.raw.term;',
    killers: [REMOVAL],
  },
  {
    id: 'cover-kept-over-leaderships',
    layer: 'shell',
    what: 'who leads again waits for the entry of its earlier leadership, and never tells who was removed',
    file: 'lib/cluster/removal.ts',
    find: 'this.wantedIndex = NEVER;\n    this.entryIndex = 0;\n    this.gone.clear();',
    replace: '',
    killers: [REMOVAL],
  },
];
