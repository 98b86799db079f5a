/**
 * Every interval and bound of the membership, with its default. Pure. The defaults are memberlist's for a local network, where it has the same.
 * Source: hashicorp/memberlist, config.go, DefaultLANConfig.
 */
import { RaftoralError } from '../../errors/index.js';

export interface MembershipSettings {
  /** One node is probed in each, at full health, ms. */
  readonly probeIntervalMs: number;
  /** After this without an answer others are asked to probe it, at full health, ms. */
  readonly probeTimeoutMs: number;
  /** So many others. */
  readonly indirectProbes: number;
  /** Highest local health multiplier: intervals are stretched to so many times more than themselves at most. 0 = local health is not minded. */
  readonly healthMultiplierMax: number;
  /** Shortest suspicion: so many probe intervals, times the decimal logarithm of the number of nodes. */
  readonly suspicionMultiplier: number;
  /** The longest is so many times the shortest. 1 = all are equally long. */
  readonly suspicionMaxMultiplier: number;
  /** So many other nodes that suspect the same make a suspicion as short as it can be. */
  readonly suspicionConfirmations: number;
  /** Whoever sends something to a node that is suspected or counts as down tells it so first: 0 = it hears of it as all others do. */
  readonly buddySystem: 0 | 1;
  /** While there is something to tell, some nodes are told so often, ms. */
  readonly gossipIntervalMs: number;
  readonly gossipNodes: number;
  /** A change is told this many times by each node, times the decimal logarithm of the number of nodes, rounded up. */
  readonly retransmitMultiplier: number;
  /** The same of loads. */
  readonly loadRetransmitMultiplier: number;
  /** Changes in one message, bytes. */
  readonly piggybackBytesMax: number;
  /** Whole tables are exchanged with another node so often, ms; more seldom where there are more than 32 nodes. */
  readonly exchangeIntervalMs: number;
  /** Of a table in one message, bytes. */
  readonly exchangeBytesMax: number;
  /** Until somebody is found, it is looked for so often, ms. */
  readonly joinIntervalMs: number;
  /** Nodes that are down are told what goes on for so long, ms. */
  readonly gossipToDownMs: number;
  /** Nodes that are down or have left are forgotten after this, ms. */
  readonly forgetAfterMs: number;
  /** Nodes that are known, this one not counted. Who is gone makes room; who is new beyond that is not taken. */
  readonly membersMax: number;
  /** The load is told at most so often, ms. */
  readonly loadIntervalMs: number;
  /** And only if it changed by this share of what was told. */
  readonly loadChangeShare: number;
  /** Probes that are made for others and have no answer yet. */
  readonly relaysMax: number;
  /** A timer that is later than this found a process that stood still: its silence is not counted against others, ms. */
  readonly stallMs: number;
}

export const DEFAULT_MEMBERSHIP_SETTINGS: MembershipSettings = {
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  indirectProbes: 3,
  healthMultiplierMax: 8,
  suspicionMultiplier: 4,
  suspicionMaxMultiplier: 6,
  suspicionConfirmations: 3,
  buddySystem: 1,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  retransmitMultiplier: 4,
  loadRetransmitMultiplier: 1,
  piggybackBytesMax: 1_024,
  exchangeIntervalMs: 30_000,
  exchangeBytesMax: 32 * 1_024,
  joinIntervalMs: 1_000,
  gossipToDownMs: 30_000,
  forgetAfterMs: 24 * 3_600_000,
  membersMax: 2_000,
  loadIntervalMs: 5_000,
  loadChangeShare: 0.2,
  relaysMax: 256,
  stallMs: 250,
};

/** Swim as its authors described it: no local health, suspicions of one length, no buddies. For comparison. */
export const WITHOUT_LIFEGUARD = {
  healthMultiplierMax: 0,
  suspicionMaxMultiplier: 1,
  suspicionConfirmations: 0,
  buddySystem: 0,
} as const satisfies Partial<MembershipSettings>;

const MAY_BE_ZERO: ReadonlySet<string> = new Set([
  'indirectProbes',
  'healthMultiplierMax',
  'suspicionConfirmations',
  'buddySystem',
  'gossipNodes',
  'loadRetransmitMultiplier',
  'gossipToDownMs',
  'loadChangeShare',
  'relaysMax',
]);
const WHOLE: ReadonlySet<string> = new Set([
  'indirectProbes',
  'healthMultiplierMax',
  'suspicionConfirmations',
  'buddySystem',
  'gossipNodes',
  'membersMax',
  'relaysMax',
  'piggybackBytesMax',
  'exchangeBytesMax',
]);
/** The largest record and the largest update fit. */
const BYTES_MIN = 1_024;
const EXCHANGE_BYTES_MIN = 4_096;
const EXCHANGE_BYTES_MAX = 128 * 1_024;

/** Throws INVALID_CONFIGURATION that names the option. */
export function resolveMembershipSettings(given: Partial<MembershipSettings> = {}): MembershipSettings {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const settings: MembershipSettings = { ...DEFAULT_MEMBERSHIP_SETTINGS, ...Object.fromEntries(defined) };
  for (const [name, value] of Object.entries(settings) as Array<[string, unknown]>) {
    const isNumber = typeof value === 'number' && Number.isFinite(value) && (value > 0 || (value === 0 && MAY_BE_ZERO.has(name)));
    if (!isNumber) refuse(name, value, MAY_BE_ZERO.has(name) ? 'a number from 0' : 'a positive number');
    if (WHOLE.has(name) && !Number.isInteger(value)) refuse(name, value, 'a whole number');
  }
  if (settings.probeTimeoutMs >= settings.probeIntervalMs)
    refuse('probeTimeoutMs', settings.probeTimeoutMs, `less than probeIntervalMs (${settings.probeIntervalMs})`);
  if (settings.suspicionMaxMultiplier < 1) refuse('suspicionMaxMultiplier', settings.suspicionMaxMultiplier, '1 at least');
  if (settings.piggybackBytesMax < BYTES_MIN || settings.piggybackBytesMax > EXCHANGE_BYTES_MAX)
    refuse('piggybackBytesMax', settings.piggybackBytesMax, `from ${BYTES_MIN} to ${EXCHANGE_BYTES_MAX}`);
  if (settings.exchangeBytesMax < EXCHANGE_BYTES_MIN || settings.exchangeBytesMax > EXCHANGE_BYTES_MAX)
    refuse('exchangeBytesMax', settings.exchangeBytesMax, `from ${EXCHANGE_BYTES_MIN} to ${EXCHANGE_BYTES_MAX}`);
  return settings;
}

function refuse(name: string, value: unknown, wanted: string): never {
  throw new RaftoralError('INVALID_CONFIGURATION', `membership option ${name} is ${String(value)}; it must be ${wanted}`, {
    details: { option: name },
  });
}
