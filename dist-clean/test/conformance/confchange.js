/** Conf change scripts: a tracker, changed directive by directive (conformance README §6). State lives for one file. */
import { ChangeRefusal, enterJoint, isRefusal, leaveJoint, simpleChange } from '../../lib/raft/changer.js';
import { Tracker } from '../../lib/raft/tracker.js';
import { parseChanges } from './conf-changes.js';
import { argument, ScriptError } from './datadriven.js';
import { configText, progressText } from './format.js';
const REFUSALS = {
    [ChangeRefusal.AlreadyJoint]: 'config is already joint',
    [ChangeRefusal.JointNeedsVoter]: "can't make a zero-voter config joint",
    [ChangeRefusal.NotJoint]: "can't leave a non-joint config",
    [ChangeRefusal.SimpleInJoint]: "can't apply simple config change in joint config",
    [ChangeRefusal.MoreThanOneVoter]: 'more than one voter changed without entering joint config',
    [ChangeRefusal.NoVoterLeft]: 'removed all voters',
    [ChangeRefusal.UnknownType]: 'unexpected conf type',
    [ChangeRefusal.Inconsistent]: 'configuration is inconsistent',
};
export class ConfChangeEnvironment {
    tracker = new Tracker(0, 10, Infinity);
    lastIndex = 0;
    run(directive) {
        const outcome = this.change(directive);
        const lastIndex = this.lastIndex++;
        if (isRefusal(outcome))
            return `${REFUSALS[outcome]}\n`;
        this.tracker.install(outcome, lastIndex);
        const peers = this.tracker.peers.map((peer) => `${peer.id}: ${progressText(peer)}\n`);
        return `${configText(this.tracker.confState)}\n${peers.join('')}`;
    }
    change(directive) {
        const changes = parseChanges(directive.input);
        const config = this.tracker.confState;
        switch (directive.command) {
            case 'simple':
                return simpleChange(config, changes);
            case 'enter-joint':
                return enterJoint(config, argument(directive, 'autoleave') === 'true', changes);
            case 'leave-joint':
                if (changes.length > 0)
                    throw new ScriptError('leave-joint takes no changes');
                return leaveJoint(config);
            default:
                throw new ScriptError(`unknown command ${directive.command}`);
        }
    }
}
//# sourceMappingURL=confchange.js.map