/** Reads `v1 l2 r3 u4` into conf changes. */
import { ConfChangeType } from '../../lib/raft/index.js';
import { ScriptError } from './datadriven.js';
const TYPES = {
    v: ConfChangeType.AddNode,
    l: ConfChangeType.AddLearnerNode,
    r: ConfChangeType.RemoveNode,
    u: ConfChangeType.UpdateNode,
};
export function parseChanges(text) {
    const words = text.split(/\s+/).filter((word) => word !== '');
    return words.map((word) => {
        const type = TYPES[word[0]];
        const nodeId = Number(word.slice(1));
        if (type === undefined || word.length < 2 || !Number.isSafeInteger(nodeId))
            throw new ScriptError(`unknown change ${word}`);
        return { type, nodeId };
    });
}
//# sourceMappingURL=conf-changes.js.map