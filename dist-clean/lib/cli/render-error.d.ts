/** Lines without a line break at the end. */
export declare function renderError(error: unknown): string;
/** For `--json`: one document, on stderr. */
export declare function errorDocument(error: unknown, exitCode: number): object;
