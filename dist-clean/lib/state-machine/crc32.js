/**
 * CRC-32 (polynomial 0xEDB88320, as in zlib), by a table of eight lanes. Pure.
 *
 * Source: Sarwate's table method; slicing by eight after Kounavis and Berry. Test value: crc32('123456789') = cbf43926.
 */
const LANES = 8;
const TABLE = new Uint32Array(256 * LANES);
for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++)
        value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    TABLE[i] = value;
}
for (let i = 256; i < TABLE.length; i++)
    TABLE[i] = (TABLE[i - 256] >>> 8) ^ TABLE[TABLE[i - 256] & 0xff];
/** Checksum of bytes[start, end), as an unsigned 32-bit number. */
export function crc32(bytes, start = 0, end = bytes.length) {
    let crc = -1;
    let i = start;
    for (; i + 8 <= end; i += 8) {
        crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
        crc =
            TABLE[1792 + (crc & 0xff)] ^
                TABLE[1536 + ((crc >>> 8) & 0xff)] ^
                TABLE[1280 + ((crc >>> 16) & 0xff)] ^
                TABLE[1024 + (crc >>> 24)] ^
                TABLE[768 + bytes[i + 4]] ^
                TABLE[512 + bytes[i + 5]] ^
                TABLE[256 + bytes[i + 6]] ^
                TABLE[bytes[i + 7]];
    }
    for (; i < end; i++)
        crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
    return ~crc >>> 0;
}
//# sourceMappingURL=crc32.js.map