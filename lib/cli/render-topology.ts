/**
 * The topology and the cluster manager's plan for a person. Pure.
 */
import type { PlanReport, TopologyReport } from '../index.js';
import { formatTable, visible } from './text-table.js';

const NONE = '-';

export function renderTopology({ deployment, version, leader, nodes, clusters, moves }: TopologyReport): string {
  const led = leader === 0 ? 'NO LEADER' : `led by node ${leader}`;
  const blocks = [
    `Deployment ${deployment || 'that is not founded yet'}: topology version ${version}, cluster 0 ${led}`,
    formatTable(
      [
        { title: 'NODE', align: 'right' },
        { title: 'STATE' },
        { title: 'ALIVE' },
        { title: 'ROLE' },
        { title: 'CLUSTER 0' },
        { title: 'HOSTS', align: 'right' },
        { title: 'ZONE' },
        { title: 'ADDRESS' },
      ],
      nodes.map(({ nodeId, state, isDraining, isAlive, role, management, hosted, capacity, zone, addresses }) => [
        String(nodeId),
        isDraining && state !== 'draining' ? `${state}, draining` : state,
        isAlive ? 'yes' : 'NO',
        role,
        management,
        `${hosted}/${capacity}`,
        zone || NONE,
        addresses[0] ?? NONE,
      ]),
    ),
    formatTable(
      [
        { title: 'CLUSTER', align: 'right' },
        { title: 'STATE' },
        { title: 'MEMBERS' },
        { title: 'SIZE', align: 'right' },
        { title: 'SLOTS', align: 'right' },
        { title: 'METADATA' },
      ],
      clusters.map(({ clusterId, state, members, targetSize, slots, slotTarget, metadata }) => [
        String(clusterId),
        state,
        members.map(renderMember).join(' '),
        String(targetSize),
        slots === slotTarget ? String(slots) : `${slots} → ${slotTarget}`,
        Object.entries(metadata)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
      ]),
    ),
    moves.length === 0
      ? ''
      : formatTable(
          [
            { title: 'MOVE', align: 'right' },
            { title: 'FROM', align: 'right' },
            { title: 'TO', align: 'right' },
            { title: 'SLOTS', align: 'right' },
            { title: 'PHASE' },
          ],
          moves.map(({ moveId, from, to, slots, phase }) => [String(moveId), String(from), String(to), String(slots), phase]),
        ),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** `+4` joins, `+4/2` takes the place of 2, `-3` leaves. */
function renderMember({ nodeId, state, replaces }: TopologyReport['clusters'][number]['members'][number]): string {
  if (state === 'leaving') return `-${nodeId}`;
  if (state === 'joining') return replaces === 0 ? `+${nodeId}` : `+${nodeId}/${replaces}`;
  return String(nodeId);
}

export function renderPlan({ decisions, waiting }: PlanReport): string {
  if (decisions.length === 0 && waiting.length === 0) return 'Nothing is to be done.';
  const done = decisions.map(({ rule, explanation }, i) => `${String(i + 1).padStart(3)}. ${visible(explanation)} [${rule}]`);
  const waits = waiting.map((text) => `  … ${visible(text)}`);
  return [
    ...(done.length === 0 ? ['Nothing can be done now.'] : ['The cluster manager would, in this order, since', ...done]),
    ...(waits.length === 0 ? [] : ['', 'It waits:', ...waits]),
  ].join('\n');
}
