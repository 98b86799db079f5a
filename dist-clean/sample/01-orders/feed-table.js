export function tableOf(report, more = []) {
    const rows = [
        ['orders', report.orders],
        ['confirmed', report.confirmed],
        ['out of stock', report.outOfStock],
        ['failed', report.failed],
        ['lost', report.lost],
        ['decided twice', report.decidedTwice],
        ['reservations repeated with the same idempotency key', report.repeatedReservations],
        ['time', `${report.seconds.toFixed(2)} s`],
        ['orders per second', Math.round(report.ordersPerSecond)],
        ['longest gap around the crash', `${Math.round(report.longestGapMs)} ms`],
        ...more,
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${String(value).padStart(9)}`).join('\n');
}
//# sourceMappingURL=feed-table.js.map