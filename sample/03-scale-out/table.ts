/** The picture for a terminal. Pure. */
import type { LoadFigures, LoadReport } from './load.js';
import type { Picture, SeenCluster, SeenNode } from './watch.js';

export function tableOf({ nodes, clusters, moves }: Picture, load: LoadFigures): string[] {
  return [
    ...columns(
      ['node', 'state', 'clusters (* leads)', 'owns', 'cluster 0', 'url'],
      nodes.map((node) => [
        String(node.nodeId),
        node.state,
        clustersOf(node),
        String(node.owns),
        node.management,
        node.url || 'does not run',
      ]),
    ),
    '',
    ...columns(
      ['cluster', 'members', 'leader', 'slots', 'open', 'entries/s'],
      clusters.map((cluster) => [
        String(cluster.clusterId) + (cluster.state === 'active' ? '' : ` ${cluster.state}`),
        membersOf(cluster),
        cluster.leader === 0 ? 'none' : String(cluster.leader),
        cluster.slots === cluster.slotTarget ? String(cluster.slots) : `${cluster.slots} → ${cluster.slotTarget}`,
        String(cluster.open),
        String(Math.round(cluster.entriesPerSecond)),
      ]),
    ),
    '',
    ordersOf(load) + (moves === 0 ? '' : `, moves of slots under way ${moves}`),
  ];
}

/** The same in one line, for a log. */
export function lineOf({ nodes, clusters, moves }: Picture, load: LoadFigures): string {
  const members = clusters.map((cluster) => `${cluster.clusterId}: ${membersOf(cluster)} led by ${cluster.leader}`).join('; ');
  return `${nodes.length} nodes; clusters ${members || 'none'}; ${ordersOf(load)}${moves === 0 ? '' : `, moves ${moves}`}`;
}

export function reportOf(report: LoadReport): string[] {
  const rows: ReadonlyArray<readonly [string, string | number]> = [
    ['orders', report.orders],
    ['confirmed', report.confirmed],
    ['out of stock', report.outOfStock],
    ['failed (unknown item)', report.failed],
    ['reservations repeated with the same idempotency key', report.repeatedReservations],
    ['longest time without an order that ended', `${Math.round(report.longestGapMs)} ms`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${String(value).padStart(9)}`);
}

function ordersOf({ sent, ended, perSecond }: LoadFigures): string {
  return `orders ${sent}, ended ${ended}, open ${sent - ended}, ${perSecond.toFixed(1)} ends a second`;
}

function clustersOf({ clusters }: SeenNode): string {
  return clusters.map(({ clusterId, isLeader }) => `${clusterId}${isLeader ? '*' : ''}`).join(' ') || '-';
}

/** `+4` joins, `-4` leaves. */
function membersOf({ members }: SeenCluster): string {
  return members.map(({ nodeId, state }) => `${state === 'joining' ? '+' : state === 'leaving' ? '-' : ''}${nodeId}`).join(' ');
}

function columns(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [titles, ...rows].map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('   ')}`.trimEnd());
}
