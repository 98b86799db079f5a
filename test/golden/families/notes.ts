/**
 * Notes that a node keeps as JSON files: addresses, its vote on a bootstrap, that it left. Each is read by what uses it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootstrapBallot } from '../../../lib/cluster/joining/bootstrap-ballot.js';
import { NodeMembership } from '../../../lib/cluster/joining/node-membership.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import { BOOTSTRAP_NOTE, LEFT_NOTE, PEERS_NOTE } from '../../../lib/storage/node-notes.js';
import { FileNodeNotes } from '../../../lib/storage/notes/file-notes.js';
import type { NetworkTransport, NodeAddress } from '../../../lib/transport/network-transport-port.js';
import { SeededRandom } from '../../../lib/testing/seeded-random.js';
import { ManualClock } from '../../support/manual-clock.js';
import type { Family, GoldenCase } from '../family.js';
import { differenceOf, plain, type Plain } from '../plain.js';

const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';
const BALLOT = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const CANDIDATE = '00000000-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const VOTE = { ballotId: CANDIDATE, attempt: 4, address: 'node-1:7000' };
const NODES: readonly NodeAddress[] = [1, 300].map((nodeId) => ({
  nodeId,
  incarnation: 1_700_000_000_000 + nodeId,
  address: `[2001:db8::${nodeId}]:7000`,
}));

/** What they do with a folder of notes, in it. */
const WRITERS: Readonly<Record<string, readonly [note: string, write: (notes: FileNodeNotes) => Promise<unknown>]>> = {
  addresses: [PEERS_NOTE, (notes) => writtenPeers(notes)],
  'a ballot that was opened': [BOOTSTRAP_NOTE, (notes) => BootstrapBallot.open(notes, BALLOT)],
  'a vote': [BOOTSTRAP_NOTE, async (notes) => (await BootstrapBallot.open(notes, BALLOT)).grant(VOTE)],
  'an attempt': [BOOTSTRAP_NOTE, async (notes) => (await BootstrapBallot.open(notes, BALLOT)).stand()],
  'a deployment that was begun': [
    BOOTSTRAP_NOTE,
    async (notes) => {
      const ballot = await BootstrapBallot.open(notes, BALLOT);
      await ballot.begin(await ballot.stand(), DEPLOYMENT);
    },
  ],
  'it left': [LEFT_NOTE, (notes) => notes.write(LEFT_NOTE, { format: 1, deployment: DEPLOYMENT, nodeId: 3 })],
};

function membership(notes: FileNodeNotes, network: Partial<NetworkTransport>): NodeMembership {
  const settings = { bootstrap: false, bootstrapExpect: 0, seeds: [], votersMax: 3, replaces: 0, deployment: '', rejoinEmpty: false };
  const all = {
    processId: BALLOT,
    advertised: 'node-3:7000',
    handle: () => undefined,
    listen: async () => undefined,
    setSeeds: () => undefined,
    learnAddresses: () => undefined,
    addresses: () => [],
    ...network,
  } as unknown as NetworkTransport;
  const storage = { volatile: false, owner: async () => ({ deployment: DEPLOYMENT, nodeId: 3 }) };
  const logger = { log: () => undefined };
  const random = new SeededRandom(1, 'notes') as never;
  return new NodeMembership({ settings, network: all, storage, notes, clock: new ManualClock() as never, random, logger } as never);
}

async function writtenPeers(notes: FileNodeNotes): Promise<void> {
  const network: Partial<NetworkTransport> = {};
  const node = membership(notes, network);
  const { network: used } = (node as unknown as { options: { network: NetworkTransport } }).options;
  await node.open();
  used.onAddressesChanged!(NODES);
  while ((await notes.read(PEERS_NOTE)) === null) await new Promise((resolve) => setImmediate(resolve));
}

/** What a node that finds the note makes of it. */
async function readBack(note: string, notes: FileNodeNotes): Promise<Plain> {
  switch (note) {
    case PEERS_NOTE: {
      const learned: NodeAddress[] = [];
      await membership(notes, { learnAddresses: (nodes) => void learned.push(...nodes) }).open();
      return plain({ learned });
    }
    case BOOTSTRAP_NOTE: {
      const ballot = await BootstrapBallot.open(notes, 'another');
      const next = ballot.began === '' && ballot.vote?.ballotId !== CANDIDATE ? await ballot.stand() : null;
      return plain({ ballotId: ballot.ballotId, vote: ballot.vote, began: ballot.began, next });
    }
    default:
      try {
        return plain({ identity: await membership(notes, {}).found() });
      } catch (error) {
        if (!isRaftoralError(error)) throw error;
        return plain({ refused: error.code, details: error.details });
      }
  }
}

async function inFolder<T>(act: (folder: string, notes: FileNodeNotes) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'raftoral-golden-'));
  try {
    return await act(folder, new FileNodeNotes(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readText(note: string, text: string): Promise<Plain> {
  return inFolder(async (folder, notes) => {
    writeFileSync(join(folder, `${note}.json`), text);
    return readBack(note, notes);
  });
}

async function make(): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = [];
  for (const [name, [note, write]] of Object.entries(WRITERS)) {
    const text = await inFolder(async (_, notes) => {
      await write(notes);
      return `${JSON.stringify(await notes.read(note))}\n`;
    });
    cases.push({ name, note, text, value: await readText(note, text) });
  }
  return cases;
}

export const family: Family = {
  name: 'notes',
  remedy:
    'Notes lie in the folders of released builds: keep reading them, and give another form another `format` (lib/storage/node-notes.ts).',
  make,
  check: async ({ note, text, value }) => {
    const found = differenceOf(value!, await readText(note as string, text as string));
    return found === null ? [] : [found];
  },
  labels: ({ name, note }) => [name, `note ${String(note)}`],
  needed: () => [...[PEERS_NOTE, BOOTSTRAP_NOTE, LEFT_NOTE].map((note) => `note ${note}`), ...Object.keys(WRITERS)],
};
