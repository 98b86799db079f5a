/** Tests covered: test_new_raft_with_bad_config_errors (raft-rs), TestReadOnlyOptionLeaseWithoutCheckQuorum: the configuration is refused. */
import { describe, expect, it } from '@jest/globals';
import { configOf, storageWith } from '../../test/support/raft-network.js';
import { resolveConfig } from './config.js';
import { RaftConfigError } from './invariant.js';
const good = () => configOf(1, storageWith({}));
const withPatch = (patch) => () => resolveConfig({ ...good(), ...patch });
describe('configuration', () => {
    it('a plain configuration is accepted, without limits by default', () => {
        const resolved = resolveConfig(good());
        expect([resolved.messageBytesMax, resolved.uncommittedBytesMax, resolved.inflightBytesMax]).toEqual([Infinity, Infinity, Infinity]);
        expect(resolveConfig({ ...good(), messageBytesMax: 100 }).committedBytesPerReadyMax).toBe(100);
    });
    it('whatever could not work is refused', () => {
        const bad = [
            { id: 0 },
            { id: -1 },
            { id: 1.5 },
            { id: 2 ** 53 },
            { heartbeatTimeoutTicks: 0 },
            { electionTimeoutTicks: 1, heartbeatTimeoutTicks: 1 },
            { electionTimeoutTicks: Number.NaN },
            { inflightMessagesMax: 0 },
            { inflightMessagesMax: Number.NaN },
            { inflightBytesMax: 10, messageBytesMax: 11 },
            { committedBytesPerReadyMax: 0 },
            { uncommittedBytesMax: 0 },
            { pendingReadsMax: 0 },
            { applied: -1 },
            { storage: undefined },
            { random: undefined },
        ];
        for (const patch of bad)
            expect(withPatch(patch)).toThrow(RaftConfigError);
    });
    // R test_read_only_option_lease_without_check_quorum; raft-rs#141
    it('lease reads without check-quorum are refused: a deposed leader would keep its lease (§6.4.1, raft-rs#141)', () => {
        expect(withPatch({ readOnly: 'lease' })).toThrow(/checkQuorum/);
        expect(withPatch({ readOnly: 'lease', checkQuorum: true })).not.toThrow();
    });
});
//# sourceMappingURL=config.spec.js.map