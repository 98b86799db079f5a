export interface CompiledPackage {
    readonly folder: string;
    /** Of `npx raftoral`. */
    readonly binary: string;
    /** Compiles a further source into the folder, and answers the path of what it became. */
    compile(path: string): string;
    remove(): void;
}
export declare function compilePackage(): CompiledPackage;
