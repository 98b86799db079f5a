/**
 * All families. They are loaded one by one, so that those which an older build has can be written by its code (README.md).
 */
import type { Family } from './family.js';

const LOADERS: Readonly<Record<string, () => Promise<{ readonly family: Family }>>> = {
  applier: () => import('./families/applier.js'),
  calls: () => import('./families/calls.js'),
  commands: () => import('./families/commands.js'),
  'conf-changes': () => import('./families/conf-changes.js'),
  control: () => import('./families/control.js'),
  descriptor: () => import('./families/descriptor.js'),
  envelopes: () => import('./families/envelopes.js'),
  errors: () => import('./families/errors.js'),
  events: () => import('./families/events.js'),
  gossip: () => import('./families/gossip.js'),
  handshakes: () => import('./families/handshakes.js'),
  histories: () => import('./families/histories.js'),
  'log-rows': () => import('./families/log-rows.js'),
  'management-applier': () => import('./families/management-applier.js'),
  'management-commands': () => import('./families/management-commands.js'),
  notes: () => import('./families/notes.js'),
  packets: () => import('./families/packets.js'),
  carriers: () => import('./families/carriers.js'),
  'snapshot-streams': () => import('./families/snapshot-streams.js'),
};

export const FAMILY_NAMES: readonly string[] = Object.keys(LOADERS);

export async function familyOf(name: string): Promise<Family> {
  const load = LOADERS[name];
  if (load === undefined) throw new Error(`there is no family '${name}'; there are ${FAMILY_NAMES.join(', ')}`);
  return (await load()).family;
}
