/**
 * The tidy rules: what the house asks for and no linter knows. Pure: files in, sentences out; an empty list is a tidy repository.
 * T1. Every file of lib/ opens with a header comment.   T2. No file of lib/ grows beyond LINES_MAX; the exceptions only shrink.
 * T3. No word of BANNED.   T4. Pure folders name no clock, timer or chance.   T5. Every error code and metric is documented, every sample listed.
 * T6. A rule that is switched off says why; no test runs alone or is left out (unless its name begins with `not run: ` and says what is missing).   T7. The lock file names no host.
 */
import type { TextFile } from './repository.js';
export declare const LINES_MAX = 500;
/** Lines of a file by path: the exceptions to LINES_MAX. */
export type Sizes = Readonly<Record<string, number>>;
/** T1. The header says what the file is, in more than a name. */
export declare function missingHeaders(files: readonly TextFile[]): string[];
/** T2. */
export declare function oversize(files: readonly TextFile[], exceptions: Sizes): string[];
/** The exceptions after what shrank: lowered to the present size, dropped where none is needed; never raised. */
export declare function shrunk(files: readonly TextFile[], exceptions: Sizes): Sizes;
/** T3. The rules and their spec must name what they look for. */
export declare function bannedWords(files: readonly TextFile[]): string[];
/** T4. The linter's rule can be switched off by a comment; this one can't. */
export declare function clocksInPureFolders(files: readonly TextFile[]): string[];
/** T5. */
export declare function undocumentedMetrics(files: readonly TextFile[]): string[];
/** T5. */
export declare function unlistedSamples(files: readonly TextFile[]): string[];
/** T5. `expected` is what the generator writes now; undefined while there is no table of codes. */
export declare function staleErrorsPage(files: readonly TextFile[], expected: string | undefined): string[];
/** T6. */
export declare function silencedRules(files: readonly TextFile[]): string[];
/** T7. */
export declare function hostsInLockFile(files: readonly TextFile[]): string[];
