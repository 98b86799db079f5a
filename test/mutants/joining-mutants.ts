/**
 * Planted faults of how nodes begin, join and come back: ids, admission, promises of a bootstrap.
 */
import type { Mutant } from './mutant.js';

const JOINING = 'test/cluster/joining.spec.ts';
const BOOTSTRAP = 'test/cluster/bootstrap.spec.ts';
const BALLOT = 'lib/cluster/joining/bootstrap-ballot.spec.ts';

export const JOINING_MUTANTS: readonly Mutant[] = [
  {
    id: 'node-id-given-twice',
    layer: 'joining',
    what: 'two nodes that join get one id',
    file: 'lib/workflow/state-machine/node-ids.ts',
    find: 'const nodeId = Math.max(this.highestId, above) + 1;',
    replace: 'const nodeId = Math.max(this.highestId - 1, above) + 1;',
    killers: ['lib/workflow/state-machine/node-ids.spec.ts'],
  },
  {
    id: 'removed-node-forgotten',
    layer: 'joining',
    what: 'a node that was removed comes back under its id',
    file: 'lib/cluster/joining/join-desk.ts',
    find: 'if (joined.wasRemoved(nodeId)) {\n      await untilGone(group, nodeId);\n      throw removedForGood(nodeId);\n    }\n',
    replace: '',
    killers: [JOINING],
  },
  {
    id: 'too-many-voters',
    layer: 'joining',
    what: 'a node that joins becomes a voter though there are enough',
    file: 'lib/cluster/joining/join-desk.ts',
    find: 'if (group.membership.voters.length >= Math.min(request.votersMax, this.options.votersMax))',
    replace: 'if (group.membership.voters.length > Math.min(request.votersMax, this.options.votersMax))',
    killers: [JOINING],
  },
  {
    id: 'lost-node-not-replaced',
    layer: 'joining',
    what: 'a volatile node that comes back does not take the place of what it was',
    file: 'lib/cluster/joining/join-desk.ts',
    find: "if (!isVolatile || address === '') return 0;",
    replace: "if (isVolatile || address === '') return 0;",
    killers: [JOINING],
  },
  {
    id: 'admits-for-another',
    layer: 'joining',
    what: 'a node may ask for the admission of another one',
    file: 'lib/cluster/joining/join-desk.ts',
    find: 'if (from.nodeId !== request.nodeId)',
    replace: 'if (from.nodeId === 0)',
    killers: [JOINING],
  },
  {
    id: 'votes-for-two-candidates',
    layer: 'joining',
    what: 'a process without identity votes for two that would begin a deployment',
    file: 'lib/cluster/joining/bootstrap-ballot.ts',
    find: 'if (standing !== null && (standing.ballotId !== vote.ballotId || standing.attempt > vote.attempt)) return false;',
    replace: '',
    killers: [BALLOT, BOOTSTRAP],
  },
  {
    id: 'bootstrap-vote-not-written',
    layer: 'joining',
    what: 'a vote on who begins is said before it is on disk',
    file: 'lib/cluster/joining/bootstrap-ballot.ts',
    find: 'await this.notes.write(BOOTSTRAP_NOTE,',
    replace: 'void this.notes.write(BOOTSTRAP_NOTE,',
    killers: [BALLOT, BOOTSTRAP],
  },
  {
    id: 'begins-with-too-few',
    layer: 'joining',
    what: 'a deployment begins with one vote too few',
    file: 'lib/cluster/joining/bootstrap-agreement.ts',
    find: 'if (votes.size < expect || clock.monotonic() >= until',
    replace: 'if (votes.size < expect - 1 || clock.monotonic() >= until',
    killers: [BOOTSTRAP],
  },
  {
    id: 'bootstrap-beside-a-cluster',
    layer: 'joining',
    what: 'a node that is to bootstrap begins a second deployment beside the one of its seeds',
    file: 'lib/cluster/joining/node-membership.ts',
    find: 'if (existing === null) return {',
    replace: 'if (existing !== undefined) return {',
    killers: [BOOTSTRAP],
  },
];
