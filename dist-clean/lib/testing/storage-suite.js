import { raftStorageCases } from './storage-suite-log.js';
import { stateStoreSuite } from './storage-suite-state.js';
/** The cases, over storages that `harness` makes. */
export function storageSuite(harness) {
    const { isLasting, states } = harness;
    const hasStateStore = states !== undefined;
    return [
        ...raftStorageCases(() => harness.create(), { isLasting, hasStateStore }),
        ...(states === undefined ? [] : stateStoreSuite(states)),
    ];
}
//# sourceMappingURL=storage-suite.js.map