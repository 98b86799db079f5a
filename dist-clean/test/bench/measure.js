/** The value below which `share` (0–1) of the sorted samples lie. */
export function percentile(sorted, share) {
    if (sorted.length === 0)
        return Number.NaN;
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
export function mean(values) {
    let sum = 0;
    for (let i = 0; i < values.length; i++)
        sum += values[i];
    return sum / values.length;
}
/** Three significant digits are all that such a run is worth. */
export function round(value) {
    return Number(value.toPrecision(3));
}
export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (percentile(sorted, 0.5) + sorted[Math.floor((sorted.length - 1) / 2)]) / 2;
}
/** One table for each run of measures with the same names. */
export function formatTable(measures) {
    const tables = [];
    let shape = '';
    for (const measure of measures) {
        const names = Object.keys(measure).join();
        if (names === shape)
            tables[tables.length - 1].push(measure);
        else
            tables.push([measure]);
        shape = names;
    }
    return tables.map(formatOne).join('\n\n');
}
function formatOne(measures) {
    const columns = Object.keys(measures[0]);
    const rows = [columns, ...measures.map((measure) => columns.map((column) => String(measure[column] ?? '')))];
    const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
    return rows.map((row) => row.map((cell, at) => cell.padStart(widths[at])).join('  ')).join('\n');
}
//# sourceMappingURL=measure.js.map