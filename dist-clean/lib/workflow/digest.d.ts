export declare function digestOfBytes(bytes: Uint8Array): number;
export declare function digestOfText(text: string): number;
