import { expect, it } from '@jest/globals';
import { LoggingReporter } from './raftoral.reporter.js';
it('a line about a run names the run, and carries nothing else of it: not its history, not its input', () => {
    const fields = [];
    const reporter = new LoggingReporter({ isDebug: false, log: (_level, _text, given) => fields.push(given) });
    const run = { workflowId: 'w', runId: 'r', name: 'order', version: 2, history: ['an event'], owner: 1 };
    reporter.warning(run, 'long');
    reporter.stopped(run, 'diverged', 'why');
    reporter.rejection(run, new Error('late'));
    reporter.diverged(run, 3, 'run', 'a', 'b');
    reporter.warning(null, 'of no run');
    const named = { workflowId: 'w', runId: 'r', name: 'order', version: 2 };
    expect(fields).toEqual([named, { reason: 'diverged', ...named }, named, { wseq: 3, method: 'run', ...named }, {}]);
});
//# sourceMappingURL=raftoral.reporter.spec.js.map