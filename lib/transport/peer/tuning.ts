/**
 * Times and bounds of the connections between nodes. Owns their defaults; PeerTransportOptions.tuning changes single ones.
 */
export interface PeerTuning {
  /** From the first byte (or the dialling) to the proof of both sides, ms. */
  readonly handshakeTimeoutMs: number;
  /** Incoming channels that have not proved anything yet; the oldest gives way to one more. */
  readonly unfinishedHandshakesMax: number;
  /** Incoming channels of processes without identity; more are refused. */
  readonly guestsMax: number;
  /** Frames are dropped while a channel has more than this waiting to leave, bytes. */
  readonly sendBufferBytesMax: number;
  /** Frames kept for one peer while its channel is being made, bytes. */
  readonly queueBytesMax: number;
  /** Between two attempts to reach a peer: doubled from the first to the last, each time with jitter, ms. */
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** A channel that was silent for so long is asked whether it lives, ms. */
  readonly silenceMs: number;
  /** It has so long to answer, ms. */
  readonly probeTimeoutMs: number;
  /** The same where another process or channel wants its place, ms. */
  readonly rivalProbeMs: number;
  /** How long start() waits for the answers of those it knows, ms. */
  readonly startDialMs: number;
  /** A channel without frames (of a process without identity) is given up after so long without a call, ms. */
  readonly guestIdleMs: number;
  /** A channel that is given up is closed after so long, whatever the other side says, ms. */
  readonly retireMs: number;
  /** Where another channel takes the place of one, frames wait at most so long until what was sent on that one has arrived, ms. */
  readonly changeMs: number;
  /** JSON of one call or answer, bytes. */
  readonly callBytesMax: number;
  /** Own calls that wait for an answer. */
  readonly callsOutMax: number;
  /** Calls of others that are being answered. */
  readonly callsInMax: number;
  /** Nodes in the address book, and in one packet of addresses. */
  readonly addressesMax: number;
  /** After a loss so many attempts follow quickly, to learn whether the process is gone. */
  readonly lossRedialsMax: number;
}

export const DEFAULT_PEER_TUNING: PeerTuning = {
  handshakeTimeoutMs: 5_000,
  unfinishedHandshakesMax: 64,
  guestsMax: 256,
  sendBufferBytesMax: 8 * 1024 * 1024,
  queueBytesMax: 4 * 1024 * 1024,
  backoffMsMin: 50,
  backoffMsMax: 5_000,
  silenceMs: 5_000,
  probeTimeoutMs: 5_000,
  rivalProbeMs: 1_000,
  startDialMs: 1_000,
  guestIdleMs: 30_000,
  retireMs: 2_000,
  changeMs: 250,
  callBytesMax: 1024 * 1024,
  callsOutMax: 1_024,
  callsInMax: 256,
  addressesMax: 1_024,
  lossRedialsMax: 4,
};
