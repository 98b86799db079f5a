/**
 * What nodes say to each other about who is there. Types only; the bytes are in message-codec.ts.
 */
import type { MemberFacts, MemberLoad, MemberRecord } from './record.js';

/** The first four are the values of MemberStatus. */
export const UpdateKind = { ALIVE: 1, SUSPECT: 2, DOWN: 3, LEFT: 4, LOAD: 5 } as const;
export type UpdateKind = (typeof UpdateKind)[keyof typeof UpdateKind];

interface UpdateBase {
  /** Whom it is about. */
  readonly nodeId: number;
  readonly process: number;
}

/** A node is there, and says this of itself. */
export interface AliveUpdate extends UpdateBase {
  readonly kind: typeof UpdateKind.ALIVE;
  readonly incarnation: number;
  readonly facts: MemberFacts;
  readonly load: MemberLoad;
}

/** Somebody else could not reach it, or gave it up. */
export interface BlameUpdate extends UpdateBase {
  readonly kind: typeof UpdateKind.SUSPECT | typeof UpdateKind.DOWN;
  readonly incarnation: number;
  /** Who says so: never the node itself. */
  readonly by: number;
}

/** It left in order. */
export interface LeftUpdate extends UpdateBase {
  readonly kind: typeof UpdateKind.LEFT;
  readonly incarnation: number;
}

export interface LoadUpdate extends UpdateBase {
  readonly kind: typeof UpdateKind.LOAD;
  readonly load: MemberLoad;
}

/** A change that travels on messages. */
export type Update = AliveUpdate | BlameUpdate | LeftUpdate | LoadUpdate;

export const MessageKind = { PING: 1, ACK: 2, PING_REQ: 3, NACK: 4, GOSSIP: 5, EXCHANGE: 6 } as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

interface MessageBase {
  /** Of the process that sends it. */
  readonly process: number;
}

/** PING asks for an ACK; an ACK and a NACK bear the number of what they answer. */
export interface ProbeMessage extends MessageBase {
  readonly kind: typeof MessageKind.PING | typeof MessageKind.ACK | typeof MessageKind.NACK;
  readonly sequence: number;
  readonly updates: readonly Update[];
}

/** Asks the receiver to ping `target`: for an ACK if it answers, for a NACK if it does not, soon enough to tell that the receiver is there. */
export interface PingRequestMessage extends MessageBase {
  readonly kind: typeof MessageKind.PING_REQ;
  readonly sequence: number;
  readonly target: number;
  readonly updates: readonly Update[];
}

export interface SpreadMessage extends MessageBase {
  readonly kind: typeof MessageKind.GOSSIP;
  readonly updates: readonly Update[];
}

/** A part of a whole table. The sender's own record is the first of each part. */
export interface ExchangeMessage extends MessageBase {
  readonly kind: typeof MessageKind.EXCHANGE;
  readonly isAnswer: boolean;
  /** Of a question: now the receiver's table is wanted. */
  readonly isLast: boolean;
  readonly records: readonly MemberRecord[];
}

export type GossipMessage = ProbeMessage | PingRequestMessage | SpreadMessage | ExchangeMessage;
