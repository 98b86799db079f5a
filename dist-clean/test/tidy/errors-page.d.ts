/** What lib/errors/codes.ts exports as ERROR_CODES. */
export type ErrorTable = Readonly<Record<string, {
    readonly httpStatus: number;
    readonly retryable: boolean;
    readonly summary: string;
    readonly remedy: string;
}>>;
/** The table, or undefined while there is none. `load` imports the module: compiled code and Jest see different files. */
export declare function loadErrorTable(load: (specifier: string) => Promise<unknown>): Promise<ErrorTable | undefined>;
export declare function renderErrorsPage(table: ErrorTable): string;
/** A code that says nothing is not documented. */
export declare function incompleteCodes(table: ErrorTable): string[];
