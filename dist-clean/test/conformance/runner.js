/**
 * Runs folders of scripts and reports by directive. A file ends at its first mismatch, because state carries over.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfChangeEnvironment } from './confchange.js';
import { parseScript } from './datadriven.js';
import { InteractionEnvironment } from './interaction.js';
import { runQuorum } from './quorum.js';
import { shiftScript } from './shift.js';
export const KINDS = ['interaction', 'quorum', 'confchange'];
/** All files below the folder's interaction/, quorum/ and confchange/, sorted by name. */
export function findScripts(folder) {
    return KINDS.flatMap((kind) => {
        const root = join(folder, kind);
        if (!existsSync(root))
            return [];
        return filesBelow(root).map((path) => ({ kind, name: relative(folder, path), path }));
    });
}
function filesBelow(folder) {
    return readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort()
        .flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
/** Runs one script; `shift` raises the log indices of interaction scripts. */
export function runScript(script, shift = 0) {
    let directives;
    try {
        directives = parseScript(readFileSync(script.path, 'utf8'));
    }
    catch (error) {
        return { passed: 0, failure: { script: script.name, directive: null, expected: '', actual: textOf(error) } };
    }
    if (script.kind === 'interaction')
        directives = shiftScript(directives, shift);
    const run = runnerOf(script.kind);
    let passed = 0;
    for (const directive of directives) {
        const actual = attempt(() => run(directive));
        if (actual !== directive.expected) {
            return { passed, failure: { script: script.name, directive, expected: directive.expected, actual } };
        }
        passed++;
    }
    return { passed, failure: null };
}
export function failureText(failure) {
    const { directive } = failure;
    const where = directive === null ? failure.script : `${failure.script}:${directive.line}: ${directive.text}`;
    const input = directive !== null && directive.input !== '' ? `${directive.input}\n` : '';
    return `FAIL ${where}\n${input}---- expected\n${failure.expected}---- actual\n${failure.actual}----`;
}
function runnerOf(kind) {
    if (kind === 'quorum')
        return runQuorum;
    if (kind === 'confchange') {
        const environment = new ConfChangeEnvironment();
        return (directive) => environment.run(directive);
    }
    const environment = new InteractionEnvironment();
    return (directive) => environment.run(directive);
}
function attempt(run) {
    let text;
    try {
        text = run();
    }
    catch (error) {
        text = textOf(error);
    }
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
function textOf(error) {
    return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}\n` : `${String(error)}\n`;
}
//# sourceMappingURL=runner.js.map