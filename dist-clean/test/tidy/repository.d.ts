/** A text file; `path` is relative to the root and has forward slashes. */
export interface TextFile {
    readonly path: string;
    readonly text: string;
}
/** The root: the nearest folder above this file that holds a package.json and is not dist/. */
export declare function repositoryRoot(): string;
export declare function readRepository(root?: string): TextFile[];
