/**
 * UTF-8: the one form of text in frames. Pure.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const EMPTY = new Uint8Array(0);
/** False for a string with a lone surrogate: UTF-8 can not carry it. */
export function isWellFormed(text) {
    for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit < 0xd800 || unit > 0xdfff)
            continue;
        if (unit > 0xdbff)
            return false;
        const next = text.charCodeAt(++i); // NaN at the end of the text
        if (!(next >= 0xdc00 && next <= 0xdfff))
            return false;
    }
    return true;
}
/** Bytes of `text` in UTF-8; a lone surrogate becomes U+FFFD. */
export function utf8(text) {
    return encoder.encode(text);
}
/** Throws TypeError for bytes that are not UTF-8. A byte order mark is text. */
export function textOfUtf8(bytes) {
    return decoder.decode(bytes);
}
//# sourceMappingURL=text.js.map