/**
 * Adapter: rejections of workflow code that nobody handles never stop the process (R6).
 *
 * J1. A rejection whose async context is a run of this engine is told to that run, and to nobody else by this trap.
 * J2. For any other rejection nothing changes: other listeners are called as ever, and without one the process ends as it would have.
 * J3. The listener is there while a runtime is, once per process.
 */
import process from 'node:process';
import { scopes } from './runtime-scopes.js';
let installed = 0;
const listener = (reason) => {
    const scope = scopes.getStore();
    if (scope !== undefined) {
        scope.owner.reportRejection(reason);
        return;
    }
    // Node ends the process when nobody listens; with this listener alone, nobody does.
    if (process.listenerCount('unhandledRejection') === 1)
        throw reason;
};
export function installRejectionTrap() {
    if (installed++ === 0)
        process.on('unhandledRejection', listener);
    let removed = false;
    return () => {
        if (removed)
            return;
        removed = true;
        if (--installed === 0)
            process.off('unhandledRejection', listener);
    };
}
//# sourceMappingURL=rejection-trap.js.map