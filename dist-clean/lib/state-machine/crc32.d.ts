/** Checksum of bytes[start, end), as an unsigned 32-bit number. */
export declare function crc32(bytes: Uint8Array, start?: number, end?: number): number;
