const WIDTH_MAX = 48;
const GAP = '  ';
/** Lines without a line break at the end; the last column is not padded. */
export function formatTable(columns, rows) {
    const cells = rows.map((row) => columns.map(({ widthMax = WIDTH_MAX }, column) => cut(visible(row[column] ?? ''), widthMax)));
    const widths = columns.map(({ title }, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
    const line = (row) => row
        .map((cell, column) => {
        if (columns[column].align === 'right')
            return cell.padStart(widths[column]);
        return column === columns.length - 1 ? cell : cell.padEnd(widths[column]);
    })
        .join(GAP)
        .trimEnd();
    return [line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n');
}
/** `name  value` lines, the values in one column. */
export function formatFields(fields) {
    const width = Math.max(...fields.map(([name]) => name.length));
    return fields.map(([name, value]) => `${name.padEnd(width)}${GAP}${visible(value)}`).join('\n');
}
/** Control characters but none of the text's own meaning: as \u001b. Line breaks become \n. */
export function visible(text) {
    return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
export function cut(text, widthMax) {
    return text.length <= widthMax ? text : `${text.slice(0, widthMax - 1)}…`;
}
//# sourceMappingURL=text-table.js.map