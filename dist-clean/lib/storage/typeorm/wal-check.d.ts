export interface BrokenFrame {
    /** From 1; 0 is the header of the file. */
    readonly frame: number;
    /** Commits of the same generation that follow. */
    readonly commitsBehind: number;
}
/** Throws STORAGE_DAMAGED if `file` is there and damaged. */
export declare function checkWal(file: string): Promise<void>;
/** Takes the bytes of a WAL in order, in parts of any length. */
export declare class WalScan {
    private rest;
    private pageBytes;
    private isBigEndian;
    private salts;
    private sums;
    private frames;
    /** First frame that is not sound; -1: none yet. */
    private brokenFrame;
    private commitsBehind;
    take(bytes: Uint8Array): void;
    /** null: it ends as a WAL may end. */
    finish(): BrokenFrame | null;
    private header;
    private frame;
    private sum;
}
