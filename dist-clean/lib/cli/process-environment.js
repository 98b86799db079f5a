/**
 * The command line's environment over the real process.
 */
import { connectTo } from './connect.js';
const SIGNALS = ['SIGINT', 'SIGTERM'];
export const PROCESS_ENVIRONMENT = {
    folder: process.cwd(),
    isErrorTerminal: process.stderr.isTTY === true,
    now: () => Date.now(),
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    readInput: async () => {
        const chunks = [];
        for await (const chunk of process.stdin)
            chunks.push(chunk);
        return Buffer.concat(chunks).toString('utf8');
    },
    onInterrupt: (callback) => {
        const listeners = SIGNALS.map((signal) => {
            const listener = () => callback(signal);
            process.once(signal, listener); // a second one ends the process at once, as ever
            return [signal, listener];
        });
        return () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
    },
    connect: connectTo,
};
//# sourceMappingURL=process-environment.js.map