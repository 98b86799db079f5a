/** Answer of a put: ''. Answer of a read: the value, '' before any put. */
export const registerModel = {
    init: () => '',
    step: (state, { put }, output) => {
        if (put !== undefined)
            return { state: put };
        return output === undefined || output === state ? { state } : null;
    },
    hash: (state) => state,
};
export const workflowModel = {
    init: () => ({ runId: null, isOpen: false, isSwept: false, signals: 0 }),
    step: (state, { call }, output) => {
        const { runId, isOpen, signals } = state;
        const fits = (answer) => output === undefined || output === answer ? { state } : null;
        switch (call) {
            case 'start':
                if (runId === null)
                    return { state: { runId: output === undefined ? '?' : String(output), isOpen: true, isSwept: false, signals: 0 } };
                return fits(runId);
            case 'signal':
                return isOpen ? { state: { ...state, signals: signals + 1 } } : null;
            case 'describe':
                return fits(runId === null || state.isSwept ? 'absent' : isOpen ? 'open' : 'closed');
            case 'result':
                return runId !== null && !isOpen ? fits('closed') : null;
            case 'seen':
                return isOpen ? fits(signals) : null;
            case 'end':
                return isOpen ? { state: { ...state, isOpen: false } } : null;
            case 'sweep':
                return runId !== null && !isOpen ? { state: { ...state, isSwept: true } } : null;
        }
    },
    hash: ({ runId, isOpen, isSwept, signals }) => `${runId ?? ''}/${isOpen}/${isSwept}/${signals}`,
};
//# sourceMappingURL=linearizability-models.js.map