/** `timeoutMs`: ms at most. */
export async function drain({ group, state, workflows }, clock, timeoutMs) {
    const { nodeId } = group;
    const hasRunToHandOver = () => {
        for (const run of state.openRuns())
            if (run.owner === nodeId && state.eligible(run).some((node) => node !== nodeId))
                return true;
        return false;
    };
    if (!hasRunToHandOver() || workflows.runtime.ended !== null)
        return;
    await new Promise((resolve) => {
        let timer = null;
        const done = () => {
            timer?.cancel();
            unsubscribe();
            resolve();
        };
        const unsubscribe = group.subscribe({
            onApplied: () => {
                if (!hasRunToHandOver())
                    done();
            },
            onRemoved: done,
            onHalted: done,
        });
        timer = clock.setTimer(timeoutMs, done);
        workflows.runtime.drain();
    });
}
//# sourceMappingURL=raftoral.drain.js.map