/**
 * Runs the scripts of the project, and those of etcd-io/raft if they are at hand, plain and with raised indices.
 * The latter keep their licence and are not part of this repository: they are read from `<root>/../shared/conformance`, or from
 * `$RAFTORAL_SHARED/conformance`.
 */
import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failureText, findScripts, runScript } from './runner.js';
import { parseShift } from './shift.js';
const ROOT = process.cwd();
const OWN = join(ROOT, 'test/conformance/scripts');
const SHARED = join(process.env.RAFTORAL_SHARED ?? resolve(ROOT, '../shared'), 'conformance');
const SHIFTS = ['0', '2^32', '2^40', '2^53-1000'];
function check(scripts) {
    describe.each(SHIFTS)('indices raised by %s', (text) => {
        const shift = parseShift(text);
        const chosen = shift === 0 ? scripts : scripts.filter((script) => script.kind === 'interaction');
        it.each(chosen.map((script) => [script.name, script]))('%s', (_name, script) => {
            const { failure, passed } = runScript(script, shift);
            if (failure !== null)
                throw new Error(failureText(failure));
            expect(passed).toBeGreaterThan(0);
        });
    });
}
describe('own scripts', () => {
    check(findScripts(OWN));
});
describe('scripts of etcd-io/raft', () => {
    if (!existsSync(SHARED)) {
        console.warn(`NOT RUN: the conformance scripts of etcd-io/raft are not at ${SHARED}; set RAFTORAL_SHARED to their parent folder`);
        it.skip(`not run: ${SHARED} is missing`, () => undefined);
        return;
    }
    check(findScripts(SHARED));
});
//# sourceMappingURL=conformance.spec.js.map