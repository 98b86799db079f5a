export declare const SLOT_COUNT = 4096;
export declare const WORKFLOW_ID_BYTES_MAX = 256;
/** MurmurHash3_x86_32 of the first `length` bytes, as an unsigned 32-bit number. */
export declare function murmur3x86_32(bytes: Uint8Array, seed: number, length?: number): number;
/** The last one to three bytes. */
export declare function tailBlock(bytes: Uint8Array, from: number, end: number): number;
export declare function scramble(block: number): number;
export declare function mixBlock(hash: number, block: number): number;
export declare function finalMix(hash: number): number;
/** 0 … 4095. */
export declare function slotOf(workflowId: string): number;
/** Why `workflowId` is none, as the end of a sentence; null when it is one. */
export declare function workflowIdProblem(workflowId: string): string | null;
export declare function isWorkflowId(workflowId: string): boolean;
