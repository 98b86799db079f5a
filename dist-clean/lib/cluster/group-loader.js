/**
 * What a node has of a group when the group is opened; its first membership, if it has nothing.
 *
 * O1. The first membership stands as a snapshot of the initial state at FIRST_INDEX, so whoever joins later gets it: state first, then log.
 * O2. With a state store the state machine is loaded before the core starts, and log and state must fit: no gap between them, the same term
 *     where they meet. Nothing is written if they don't.
 * O3. What was compacted was committed: a stored commit index below it (it rides with entries, and may be late) is raised before the core starts.
 * Tests: test/cluster/stored-state.spec.ts, membership.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EMPTY_CONF_STATE, HardState, NO_BYTES, Snapshot } from '../raft/index.js';
import { WholeImage, nothingStored } from './whole-rows.js';
const FIRST_INDEX = 1;
const FIRST_TERM = 1;
/** Without a state store. The snapshot to begin with; null if this node waits to be added. */
export async function openWhole(group) {
    const { storage, groupId } = group;
    const log = storage.log(groupId);
    const isKnown = log.snapshot() !== null || log.lastIndex() > 0;
    if (!isKnown && group.join !== true) {
        const snapshot = firstSnapshot(group);
        await storage.saveSnapshot(groupId, snapshot);
        await resetLog(group, snapshot);
    }
    return storage.log(groupId).snapshot();
}
/** With a state store: `stateMachine` is loaded when it resolves. The snapshot has no bytes. */
export async function openRows(group, state, stateMachine) {
    const { storage, groupId } = group;
    let stored = await state.load(groupId);
    if (stored === null && storage.log(groupId).lastIndex() === 0 && group.join !== true) {
        const snapshot = firstSnapshot(group);
        const { index, term, confState } = snapshot;
        const position = { index, term, confState };
        await state.replace(groupId, position, new WholeImage(position, NO_BYTES));
        await resetLog(group, snapshot);
        stored = await state.load(groupId);
    }
    checkFit(group, stored);
    if (stored !== null)
        await compactLoaded(group, stored.position.index);
    await raiseCommit(group);
    stateMachine.load(stored ?? nothingStored(EMPTY_CONF_STATE), state.source(groupId));
    if (stored === null)
        return null;
    const { index, term, confState } = stored.position;
    return new Snapshot(index, term, confState, NO_BYTES);
}
function checkFit(group, stored) {
    const { storage, groupId, nodeId } = group;
    const log = storage.log(groupId);
    const base = log.firstIndex() - 1;
    const last = log.lastIndex();
    const index = stored === null ? 0 : stored.position.index;
    const term = stored === null ? 0 : stored.position.term;
    const fits = base <= index && index <= last && (index === 0 || log.term(index) === term);
    if (fits)
        return;
    const text = `group ${groupId} of node ${nodeId}: its state is at index ${index} (term ${term}), its log has ${base + 1} to ${last}; put both files of one moment back, or let the node rejoin empty under a new id`;
    throw new RaftoralError('STORAGE_MISMATCH', text, { details: { groupId, index, base, last } });
}
/** Rows are deleted at leisure, and loaded while they are there. */
async function compactLoaded({ storage, groupId, compactionKeepEntries }, position) {
    const index = position - compactionKeepEntries;
    if (index >= storage.log(groupId).firstIndex())
        await storage.compact(groupId, index);
}
async function raiseCommit({ storage, groupId }) {
    const log = storage.log(groupId);
    const { term, vote, commit } = log.initialState().hardState;
    const base = log.firstIndex() - 1;
    if (commit >= base)
        return;
    await storage.write([{ groupId, hardState: new HardState(term, vote, base), entries: [], reset: null, mustSync: true }]);
}
function firstSnapshot({ groupId, nodeId, members }) {
    if (members === undefined || !members.includes(nodeId)) {
        const text = `group ${groupId}: node ${nodeId} is not among its first members (${members?.join(', ') ?? 'none given'}); name it there, or let it join`;
        throw new RaftoralError('INVALID_CONFIGURATION', text);
    }
    const voters = [...new Set(members)].sort((a, b) => a - b);
    return new Snapshot(FIRST_INDEX, FIRST_TERM, { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }, NO_BYTES);
}
async function resetLog({ storage, groupId }, snapshot) {
    const hardState = new HardState(FIRST_TERM, 0, FIRST_INDEX);
    await storage.write([{ groupId, hardState, entries: [], reset: snapshot, mustSync: true }]);
}
//# sourceMappingURL=group-loader.js.map