#!/usr/bin/env node
/**
 * `npx raftoral`: the process around the command line. Owns: the end of the process, once what was said has been written.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROCESS_ENVIRONMENT } from './process-environment.js';
import { runProgram } from './program.js';
/** Of the package: this file stands in dist/lib/cli of it. */
function version() {
    // eslint-disable-next-line no-restricted-syntax -- this is a program of its own, which no host's Jest compiles
    const file = new URL('../../../package.json', import.meta.url);
    return JSON.parse(readFileSync(fileURLToPath(file), 'utf8')).version;
}
/** A pipe that is closed early (`raftoral workflow list | head`) is no failure. */
process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE')
        process.exit(0);
    throw error;
});
/** What was written to a pipe may still be on its way when the command has ended. */
async function flushed() {
    for (const stream of [process.stdout, process.stderr])
        await new Promise((resolve) => stream.write('', () => resolve()));
}
runProgram(process.argv.slice(2), { environment: PROCESS_ENVIRONMENT, version: version() }).then(async (code) => {
    await flushed();
    process.exit(code);
}, (error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
});
//# sourceMappingURL=main.js.map