/**
 * What processes say to each other while a node finds its cluster: introductions, votes, ids, admissions (lib/cluster/joining).
 */
import { BootstrapAgreement } from '../../../lib/cluster/joining/bootstrap-agreement.js';
import { BootstrapBallot } from '../../../lib/cluster/joining/bootstrap-ballot.js';
import { Contacts } from '../../../lib/cluster/joining/contacts.js';
import { JoinDesk } from '../../../lib/cluster/joining/join-desk.js';
import { Joiner, type AdmissionWish } from '../../../lib/cluster/joining/joiner.js';
import {
  BOOTSTRAP_OUTCOME,
  BOOTSTRAP_VOTE,
  JOIN_ADMIT,
  JOIN_RESERVE,
  JOIN_STANDING,
  JoiningStop,
  NODE_HELLO,
  type CallBody,
  type JoinedGroup,
} from '../../../lib/cluster/joining/joining-port.js';
import { Meeting } from '../../../lib/cluster/joining/meeting.js';
import type { RequestHandler } from '../../../lib/cluster/group.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import { MemoryNodeNotes } from '../../../lib/storage/node-notes.js';
import type { NetworkTransport, NodeAddress, PeerCallHandler } from '../../../lib/transport/network-transport-port.js';
import { ManualClock } from '../../support/manual-clock.js';
import { CALLER, DEPLOYMENT, answerOver, bytesOfText, callOver, textOfBytes, type CallScript, type Reply, type Respond } from './script.js';

const ASKER = { processId: CALLER.processId, address: CALLER.address };
const ANSWERER = { processId: '00000001-8f3a-4c57-9c2e-0f9a1b2c3d4e', address: 'node-1:7000' };
/** Lower than that of whoever answers, so that the asker stands. */
const ASKER_BALLOT = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const ANSWERER_BALLOT = '9b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const TOKEN = '5d1b6a52-3c1a-4f6e-b7e0-1f2d3c4b5a69';
const EXPECT = 2;
const OUTCOMES = ['pending', 'void', 'began', 'unknown'];
const NODES: readonly NodeAddress[] = [1, 300].map((nodeId) => ({
  nodeId,
  incarnation: 1_700_000_000_000 + nodeId,
  address: `[2001:db8::${nodeId}]:7000`,
}));
const ID = { deployment: DEPLOYMENT, nodeId: 1 };

interface Process {
  readonly clock: ManualClock;
  readonly network: NetworkTransport;
  readonly contacts: Contacts;
  readonly meeting: Meeting;
  readonly ballot: BootstrapBallot;
  readonly stop: JoiningStop;
  readonly said: string[];
  /** Answers to what it asked. */
  readonly heard: Reply[];
  readonly desk: JoinDesk;
  readonly handlers: Map<string, PeerCallHandler>;
  readonly agreement: BootstrapAgreement;
  readonly joiner: Joiner;
}

interface ProcessSettings {
  readonly who: { readonly processId: string; readonly address: string };
  readonly ballotId: string;
  readonly seeds?: readonly string[];
  readonly expect?: number;
  readonly call?: NetworkTransport['call'];
  readonly addresses?: readonly NodeAddress[];
}

async function processOf(settings: ProcessSettings): Promise<Process> {
  const { who, ballotId, seeds = [], expect = EXPECT, addresses = [] } = settings;
  const clock = new ManualClock();
  const handlers = new Map<string, PeerCallHandler>();
  const network = {
    processId: who.processId,
    advertised: who.address,
    addresses: () => addresses,
    learnAddresses: () => undefined,
    handle: (method: string, handler: PeerCallHandler) => void handlers.set(method, handler),
    call: settings.call,
  } as unknown as NetworkTransport;
  const random = { int: () => 0, uuid: () => TOKEN };
  const contacts = new Contacts({ network, seeds, random });
  const meeting = new Meeting(clock, who.processId);
  const ballot = await BootstrapBallot.open(new MemoryNodeNotes(), ballotId);
  const stop = new JoiningStop(clock);
  const said: string[] = [];
  const heard: Reply[] = [];
  const logger = { isDebug: false, log: (_level: unknown, text: string) => void said.push(text) } as never;
  const progress = (text: string): void => void said.push(text);
  const desk = new JoinDesk({ network, meeting, contacts, logger, votersMax: 3, expect, ballotId: () => ballot.ballotId });
  desk.open();
  const introduction = (): CallBody => desk.introduction();
  const agreement = new BootstrapAgreement({
    network,
    contacts,
    meeting,
    ballot,
    expect,
    deployment: '',
    introduction,
    newDeployment: () => DEPLOYMENT,
    clock,
    logger,
    stop,
    progress,
  });
  const joiner = new Joiner({ network, contacts, clock, random, stop, progress });
  return { clock, network, contacts, meeting, ballot, stop, said, heard, desk, handlers, agreement, joiner };
}

/** Whoever asks `method` of one other; `others` answers what else is asked on the way. */
async function asking(method: string, respond: Respond, others: Readonly<Record<string, CallBody>> = {}): Promise<Process> {
  const call = async (_to: string | number, of: string, request: CallBody): Promise<CallBody> => {
    if (of === method) return callOver(hear, method, request);
    const answer = others[of];
    if (answer === undefined) throw new Error(`${of} was not to be called`);
    return answer;
  };
  const asker = await processOf({ who: ASKER, ballotId: ASKER_BALLOT, seeds: [ANSWERER.address], call });
  const hear: Respond = async (request) => {
    const reply = await respond(request);
    asker.heard.push(reply);
    return reply;
  };
  return asker;
}

/** Whether people are shown the words of the answer. */
function isShown({ heard, said }: Process, field: string): boolean {
  return heard.some(({ text }) => {
    const words = (JSON.parse(text) as CallBody)[field];
    return typeof words === 'string' && words !== '' && said.some((line) => line.includes(words));
  });
}

function answering(more: Partial<ProcessSettings> = {}): Promise<Process> {
  return processOf({ who: ANSWERER, ballotId: ANSWERER_BALLOT, ...more });
}

const answered = (answerer: Process, method: string, request: string): Promise<Reply> =>
  answerOver(answerer.handlers.get(method)!, method, CALLER, request);

/** What came of it, or the code that it is refused with. Where it goes on for ever it is stopped once it pauses. */
async function outcome(asker: Process, work: Promise<unknown>): Promise<unknown> {
  const state = { isOver: false };
  const done = work
    .then((result) => ({ result }))
    .catch((error: unknown) => {
      if (!isRaftoralError(error)) throw error;
      return error.code === 'SHUTTING_DOWN' ? { goesOn: true } : { refused: error.code, details: error.details };
    })
    .finally(() => (state.isOver = true));
  while (!state.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!state.isOver && asker.clock.timerCount > 0) asker.stop.stop();
  }
  return done;
}

const metOf = ({ meeting }: Process): unknown => meeting.lately().map(({ at: _, ...introduction }) => introduction);

interface GroupSettings {
  readonly isManaged?: boolean;
  readonly isLeader?: boolean;
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  readonly removed?: readonly number[];
  readonly request?: (to: number, method: string, body: Uint8Array) => Promise<Uint8Array>;
}

interface Hosting {
  readonly joined: JoinedGroup;
  readonly handlers: Map<string, RequestHandler>;
  readonly did: string[];
}

/** A cluster of which the answerer is node 1. */
function hosting(settings: GroupSettings = {}): Hosting {
  const { isLeader = true, voters = [1, 2], learners = [], removed = [] } = settings;
  const handlers = new Map<string, RequestHandler>();
  const did: string[] = [];
  const note =
    (name: string) =>
    async (...args: readonly unknown[]): Promise<void> =>
      void did.push(`${name}(${args.join()})`);
  const group = {
    groupId: 1,
    nodeId: 1,
    isLeader,
    leaderId: isLeader ? 1 : 2,
    membership: { voters, learners, votersOutgoing: [], learnersNext: [] },
    livePeers: () => [1, 2],
    askWhetherRemoved: () => undefined,
    readIndex: async () => 1,
    handle: (method: string, handler: RequestHandler) => void handlers.set(method, handler),
    request: settings.request,
    addLearner: note('addLearner'),
    promote: note('promote'),
    replace: note('replace'),
    remove: note('remove'),
  };
  const joined = {
    layers: settings.isManaged === true ? 2 : 1,
    group,
    reserve: async ({ token, above, isClient }: Parameters<JoinedGroup['reserve']>[0]) => {
      did.push(`reserve(${token}, ${above}${isClient ? ', a client' : ''})`);
      return 301;
    },
    wasRemoved: (nodeId: number) => removed.includes(nodeId),
  } as unknown as JoinedGroup;
  return { joined, handlers, did };
}

async function member(settings: GroupSettings = {}): Promise<Process & { readonly group: Hosting }> {
  const process = await answering({ addresses: NODES });
  const group = hosting(settings);
  process.desk.identified(ID);
  process.desk.hosts(group.joined);
  return { ...process, group };
}

const FRESH_ANSWERER: CallBody = {
  processId: ANSWERER.processId,
  stage: 'fresh',
  deployment: '',
  nodeId: 0,
  ballotId: ANSWERER_BALLOT,
  expect: EXPECT,
  address: ANSWERER.address,
  known: [],
};

const hellos: readonly CallScript[] = [
  {
    name: 'node.hello of a fresh process, answered by a member',
    method: NODE_HELLO,
    ask: async (respond) => {
      const asker = await asking(NODE_HELLO, respond);
      asker.desk.agreement = asker.agreement;
      const came = await outcome(asker, asker.agreement.run());
      return { came, met: metOf(asker), known: asker.contacts.known() };
    },
    serve: async (request) => {
      const answerer = await member();
      const reply = await answered(answerer, NODE_HELLO, request);
      return { reply, did: { met: metOf(answerer), known: answerer.contacts.known() } };
    },
  },
  {
    name: 'node.hello of a node that joins, answered by a fresh process',
    method: NODE_HELLO,
    ask: async (respond) => {
      const asker = await asking(NODE_HELLO, respond, { [BOOTSTRAP_VOTE]: { granted: true, reason: '', known: [] } });
      asker.desk.identified({ deployment: DEPLOYMENT, nodeId: 3 });
      const came = await outcome(asker, asker.agreement.run());
      return { came, met: metOf(asker), known: asker.contacts.known() };
    },
    serve: async (request) => {
      const answerer = await answering();
      answerer.desk.agreement = answerer.agreement;
      const reply = await answered(answerer, NODE_HELLO, request);
      return { reply, did: { met: metOf(answerer), known: answerer.contacts.known() } };
    },
  },
];

function vote(name: string, answererExpects: number): CallScript {
  return {
    name,
    method: BOOTSTRAP_VOTE,
    ask: async (respond) => {
      const asker = await asking(BOOTSTRAP_VOTE, respond, { [NODE_HELLO]: FRESH_ANSWERER });
      const came = await outcome(asker, asker.agreement.run());
      return { came, isShown: isShown(asker, 'reason'), known: asker.contacts.known() };
    },
    serve: async (request) => {
      const answerer = await answering({ expect: answererExpects, addresses: NODES });
      answerer.desk.agreement = answerer.agreement;
      const reply = await answered(answerer, BOOTSTRAP_VOTE, request);
      return { reply, did: { vote: answerer.ballot.vote } };
    },
  };
}

/** Of an attempt that the asker has voted for; the candidate is in the state that `before` brings it into. */
function bootstrapOutcome(name: string, candidate: string, before: (ballot: BootstrapBallot) => Promise<unknown>): CallScript {
  return {
    name,
    method: BOOTSTRAP_OUTCOME,
    ask: async (respond) => {
      const asker = await asking(BOOTSTRAP_OUTCOME, respond, { [NODE_HELLO]: { ...FRESH_ANSWERER, expect: 3 } });
      await asker.ballot.grant({ ballotId: candidate, attempt: 1, address: ANSWERER.address });
      const came = await outcome(asker, asker.agreement.run());
      const heard = OUTCOMES.filter((one) => asker.said.some((line) => line.includes(`(${one})`)));
      return { came, vote: asker.ballot.vote, heard };
    },
    serve: async (request) => {
      const answerer = await answering();
      answerer.desk.agreement = answerer.agreement;
      await before(answerer.ballot);
      return { reply: await answered(answerer, BOOTSTRAP_OUTCOME, request), did: null };
    },
  };
}

/** That there is one layer was not said before there could be two. */
function unlessOne<T extends { readonly layers: 1 | 2 }, U>(whole: T, before: (whole: T) => U): T | U {
  return whole.layers === 1 ? before(whole) : whole;
}

function reserve(name: string, deployment: string, group: GroupSettings = {}, isClient = false): CallScript {
  return {
    name,
    method: JOIN_RESERVE,
    ask: async (respond) => {
      const asker = await asking(JOIN_RESERVE, respond);
      const reserved = asker.joiner
        .reserve(deployment, isClient)
        .then((whole) => unlessOne(whole, ({ layers: _, ...identity }) => identity));
      return { came: await outcome(asker, reserved), known: asker.contacts.known() };
    },
    serve: async (request) => {
      const answerer = await member(group);
      const reply = await answered(answerer, JOIN_RESERVE, request);
      return { reply, did: answerer.group.did };
    },
  };
}

const WISH: AdmissionWish = { nodeId: CALLER.nodeId, replaces: 0, votersMax: 3, isVolatile: false };

function admit(name: string, wish: AdmissionWish, group: GroupSettings): CallScript {
  return {
    name,
    method: JOIN_ADMIT,
    ask: async (respond) => {
      const asker = await asking(JOIN_ADMIT, respond);
      const admitted = asker.joiner.admit(wish).then((whole) => unlessOne(whole, ({ standing: one }) => one));
      return { came: await outcome(asker, admitted), isShown: isShown(asker, 'progress') };
    },
    serve: async (request) => {
      const answerer = await member(group);
      const reply = await answered(answerer, JOIN_ADMIT, request);
      return { reply, did: answerer.group.did };
    },
  };
}

const passedOn: CallScript = {
  name: 'join.admit that a follower passes on to the leader',
  method: JOIN_ADMIT,
  ask: async (respond) => {
    const follower = await member({
      isLeader: false,
      request: async (_to, _method, body) => bytesOfText((await respond(textOfBytes(body))).text),
    });
    return answered(follower, JOIN_ADMIT, JSON.stringify({ ...WISH, isVolatile: true, address: CALLER.address }));
  },
  serve: async (request) => {
    const leader = await member();
    const answer = await leader.group.handlers.get(JOIN_ADMIT)!(2, bytesOfText(request), 1_000);
    return { reply: { ok: true, text: textOfBytes(answer) }, did: leader.group.did };
  },
};

function standing(name: string, group: GroupSettings): CallScript {
  return {
    name,
    method: JOIN_STANDING,
    ask: async (respond) => {
      const asker = await asking(JOIN_STANDING, respond);
      return outcome(asker, asker.joiner.standing(CALLER.nodeId));
    },
    serve: async (request) => {
      const answerer = await member(group);
      return { reply: await answered(answerer, JOIN_STANDING, request), did: answerer.group.did };
    },
  };
}

export const joiningScripts: readonly CallScript[] = [
  ...hellos,
  vote('bootstrap.vote that is granted', EXPECT),
  vote('bootstrap.vote that is refused', EXPECT + 1),
  bootstrapOutcome(
    'bootstrap.outcome of another process than the one that was voted for',
    ASKER_BALLOT.replace('0', '1'),
    async () => undefined,
  ),
  bootstrapOutcome('bootstrap.outcome of an attempt that is over', ANSWERER_BALLOT, async () => undefined),
  bootstrapOutcome('bootstrap.outcome of an attempt that goes on', ANSWERER_BALLOT, (ballot) => ballot.stand()),
  bootstrapOutcome('bootstrap.outcome of a deployment that began', ANSWERER_BALLOT, async (ballot) =>
    ballot.begin(await ballot.stand(), DEPLOYMENT),
  ),
  reserve('join.reserve of any deployment', ''),
  reserve('join.reserve of another deployment, refused', DEPLOYMENT.replace('7', '8')),
  admit('join.admit of a node that is a learner now', WISH, {}),
  admit('join.admit of a learner that is a voter now', WISH, { learners: [3] }),
  admit('join.admit of a learner that stays one', WISH, { voters: [1, 2, 4], learners: [3] }),
  admit(
    'join.admit of a voter that takes the place of another',
    { ...WISH, replaces: 4, isVolatile: true },
    { voters: [1, 2, 4], learners: [3] },
  ),
  admit('join.admit of a node whose place is still taken', { ...WISH, replaces: 2 }, {}),
  admit('join.admit of a voter', WISH, { voters: [1, 2, 3] }),
  admit('join.admit of a removed node, refused', WISH, { removed: [3] }),
  passedOn,
  reserve('join.reserve in a deployment of two layers', '', { isManaged: true }),
  reserve('join.reserve of a client', '', { isManaged: true }, true),
  reserve('join.reserve of a client where there is one layer, refused', '', {}, true),
  admit('join.admit of a new learner of the management cluster', WISH, { isManaged: true }),
  admit('join.admit of a learner of the management cluster', { ...WISH, replaces: 2 }, { isManaged: true, learners: [3] }),
  admit('join.admit of a voter of the management cluster', WISH, { isManaged: true, voters: [1, 2, 3] }),
  standing('join.standing of a voter', { voters: [1, 2, 3] }),
  standing('join.standing of a learner', { learners: [3] }),
  standing('join.standing of a removed node', { removed: [3] }),
  standing('join.standing of a stranger', {}),
];

/** Methods that a process answers, by what it registers. */
export async function joiningMethods(): Promise<readonly string[]> {
  const process = await member();
  return [...process.handlers.keys(), ...process.group.handlers.keys()];
}
