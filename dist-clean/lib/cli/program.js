/**
 * Runs one command line and answers its exit code. Nothing here ends the process.
 *
 * P1. Errors go to stderr, as text or (with --json) as one JSON document; stdout then has nothing, or the part of a stream that came.
 */
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { CliModule } from './cli.module.js';
import { ExitCode, exitCodeOf } from './exit-codes.js';
import { Interrupted } from './interrupted.js';
import { errorDocument, renderError } from './render-error.js';
/** @param words what stands behind the program's name. */
export async function runProgram(words, { environment, version }) {
    let failure = null;
    const app = await CommandFactory.createWithoutRunning(CliModule.over(environment), {
        logger: false,
        version,
        errorHandler: (error) => {
            throw error;
        },
        serviceErrorHandler: (error) => {
            failure = { error };
        },
        outputConfiguration: {
            writeOut: (text) => environment.out(text),
            writeErr: (text) => environment.error(text),
        },
    });
    try {
        await app.get(CommandRunnerService).run(['node', 'raftoral', ...words]);
    }
    finally {
        await app.close();
    }
    const ended = failure;
    return ended === null ? ExitCode.OK : report(ended.error, words, environment);
}
function report(error, words, environment) {
    if (isCommanderFailure(error))
        return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
    if (error instanceof Interrupted) {
        environment.error(`${error.message}\n`);
        return ExitCode.INTERRUPTED;
    }
    const exitCode = exitCodeOf(error);
    const text = words.includes('--json') ? JSON.stringify(errorDocument(error, exitCode)) : renderError(error);
    environment.error(`${text}\n`);
    return exitCode;
}
function isCommanderFailure(error) {
    return error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.');
}
//# sourceMappingURL=program.js.map