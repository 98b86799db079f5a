/**
 * Command line: `node dist/test/conformance/main.js DIR [--shift K]`.
 * Exit code: 0 all directives passed, 1 some failed, 2 nothing to run or wrong usage.
 */
import { failureText, findScripts, runScript } from './runner.js';
import { parseShift } from './shift.js';
function main(args) {
    const rest = args.slice();
    let shift = 0;
    const at = rest.findIndex((arg) => arg === '--shift' || arg.startsWith('--shift='));
    if (at >= 0) {
        const [option] = rest.splice(at, 1);
        const value = option.includes('=') ? option.slice(option.indexOf('=') + 1) : rest.splice(at, 1)[0];
        try {
            shift = parseShift(value ?? '');
        }
        catch (error) {
            console.error(error instanceof Error ? error.message : error);
            return 2;
        }
    }
    if (rest.length !== 1) {
        console.error('usage: conformance DIR [--shift K]     K: 4294967296, 2^32, 2^53-1000');
        return 2;
    }
    const [folder] = rest;
    const scripts = findScripts(folder);
    if (scripts.length === 0) {
        console.error(`no scripts in ${folder}: expected files below interaction/, quorum/ or confchange/`);
        return 2;
    }
    let passed = 0;
    let failed = 0;
    for (const script of scripts) {
        const result = runScript(script, shift);
        passed += result.passed;
        if (result.failure !== null) {
            failed++;
            console.log(failureText(result.failure));
        }
    }
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
}
process.exitCode = main(process.argv.slice(2));
//# sourceMappingURL=main.js.map