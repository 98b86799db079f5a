/**
 * What a node says of itself, in the forms in which it is told: to the topology, and by gossip. Pure.
 */
import { MemberStatus, type MemberFacts, type MemberRecord } from '../membership/index.js';
import { crc32 } from '../state-machine/index.js';
import type { NodeInfo } from './command.js';
import { decodeInfo, encodeInfo } from './request-codec.js';

const GOSSIP_ADDRESSES_MAX = 4;

/** As it is in the topology, so that it can be compared: lists in their one form (B2 of record-codec.ts), and as a decoder reads it. Throws INVALID_ARGUMENT. */
export function inOneForm(info: NodeInfo): NodeInfo {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const labels = [...info.labels].sort(byName);
  const workflows = info.workflows.map(({ name, versions }) => ({ name, versions: [...versions].sort((a, b) => a - b) })).sort(byName);
  return decodeInfo(encodeInfo({ ...info, labels, workflows }));
}

export function factsOf({ addresses, workflows }: NodeInfo): MemberFacts {
  const digest = new Uint8Array(4);
  new DataView(digest.buffer).setUint32(0, crc32(new TextEncoder().encode(JSON.stringify(workflows))));
  return { addresses: addresses.slice(0, GOSSIP_ADDRESSES_MAX), workflowsDigest: digest };
}

/** Open workflows of the clusters that a node leads, as gossip has it; undefined: nothing was heard, or nobody is there to lead. */
export function openWorkflowsToldBy(member: MemberRecord | undefined): number | undefined {
  if (member === undefined || member.load.version === 0) return undefined;
  return member.status === MemberStatus.ALIVE || member.status === MemberStatus.SUSPECT ? member.load.openWorkflows : undefined;
}
