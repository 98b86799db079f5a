/**
 * How many slots each execution cluster is to have. Pure.
 *
 * S1. admitTargets gives newcomers their share, releaseTargets takes what leavers have: no slot moves but to a newcomer, or from a leaver.
 * S2. Where counts differed by one at most, they do so again, and no slot more moves than any counts of that kind need.
 * S3. shiftTarget changes two clusters only, and leaves none without a slot.
 * S4. Equal input gives equal output, whoever leads.
 * Why no hash ring: docs/adr/0059. Tests: slot-targets.spec.ts.
 */
import type { SlotTarget } from '../command.js';

/** What a cluster has now, or is to have. */
export interface SlotCount {
  readonly clusterId: number;
  readonly slots: number;
}

/**
 * Targets in which each newcomer gets its share, the whole part of total / clusters, from those that have most; nobody else gets any: no slot moves but to a newcomer.
 * @param current all clusters, the newcomers among them with 0.
 */
export function admitTargets(current: readonly SlotCount[], newcomers: readonly number[]): SlotTarget[] {
  const targets = current.map(({ clusterId, slots }) => ({ clusterId, slots })).sort((a, b) => a.clusterId - b.clusterId);
  const givers = targets.filter(({ clusterId }) => !newcomers.includes(clusterId));
  const share = Math.floor(targets.reduce((sum, { slots }) => sum + slots, 0) / targets.length);
  for (const taker of targets.filter(({ clusterId }) => newcomers.includes(clusterId))) {
    while (taker.slots < share) {
      const richest = givers.reduce((most, one) => (one.slots > most.slots ? one : most));
      // Nobody is left without a slot.
      if (richest.slots <= 1) break;
      richest.slots--;
      taker.slots++;
    }
  }
  return targets;
}

/**
 * Targets in which the slots of those that leave go to the others, each to who has fewest; nobody else gives any.
 * @param current all clusters, those that leave among them; one at least stays.
 */
export function releaseTargets(current: readonly SlotCount[], leavers: readonly number[]): SlotTarget[] {
  const targets = current.map(({ clusterId, slots }) => ({ clusterId, slots })).sort((a, b) => a.clusterId - b.clusterId);
  const takers = targets.filter(({ clusterId }) => !leavers.includes(clusterId));
  for (const giver of targets.filter(({ clusterId }) => leavers.includes(clusterId))) {
    for (; giver.slots > 0; giver.slots--) takers.reduce((least, one) => (one.slots < least.slots ? one : least)).slots++;
  }
  return targets;
}

/** Targets in which `slots` go from one cluster to another; at most what it has, less one. */
export function shiftTarget(current: readonly SlotCount[], from: number, to: number, slots: number): SlotTarget[] {
  const most = Math.max(0, (current.find(({ clusterId }) => clusterId === from)?.slots ?? 0) - 1);
  const moved = Math.min(slots, most);
  return current
    .map(({ clusterId, slots: before }) => ({
      clusterId,
      slots: before + (clusterId === to ? moved : 0) - (clusterId === from ? moved : 0),
    }))
    .sort((a, b) => a.clusterId - b.clusterId);
}
