/**
 * What a node that `raftoral start` runs says: Nest's own console, without what the command says itself or nobody needs.
 */
import { ConsoleLogger } from '@nestjs/common';
/** A boot that fails is the command's error, with its exit code; once is enough. */
const SAID_ELSEWHERE = 'ExceptionHandler';
/** One line for each module of the application. */
const WORDY = new Set(['InstanceLoader', 'NestFactory']);
export class NodeLogger extends ConsoleLogger {
    log(message, ...rest) {
        if (!WORDY.has(rest.at(-1)))
            super.log(message, ...rest);
    }
    error(message, ...rest) {
        if (rest.at(-1) !== SAID_ELSEWHERE)
            super.error(message, ...rest);
    }
}
//# sourceMappingURL=node-logger.js.map