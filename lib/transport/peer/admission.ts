/**
 * Who may come in: the judgement on a process that has proved that it holds the secret or the certificate. Owns what is remembered of node ids.
 *
 * M1. Two live processes never share a node id: whoever comes second is refused, once the first has shown that it lives (R42).
 * M2. A node id under which a process with a volatile store was seen is not taken from another process again (R42).
 * M3. A process older than one that was seen under its id is refused: its place was taken, it must not speak for the node any more.
 * M4. Other deployments are refused; a process without deployment may come in as a guest.
 * Tests: peer-transport.spec.ts.
 */
import type { AddressBook } from './address-book.js';
import type { Connection } from './connection.js';
import { Refusal, type PeerDescription } from './packet-codec.js';
import type { PeerTuning } from './tuning.js';

export interface Verdict {
  readonly refusal: Refusal;
  readonly text: string;
}

export const ADMITTED: Verdict = { refusal: Refusal.NONE, text: '' };

interface SeenProcess {
  readonly processId: string;
  readonly incarnation: number;
  readonly volatile: boolean;
}

export interface AdmissionOptions {
  readonly tuning: PeerTuning;
  readonly book: AddressBook;
  /** What this process is now. */
  readonly self: () => PeerDescription;
  readonly connections: Iterable<Connection>;
}

export class Admission {
  private readonly seen = new Map<number, SeenProcess>();

  constructor(private readonly options: AdmissionOptions) {}

  /** What speaks against `remote` at once; ADMITTED if nothing does. */
  judge(remote: PeerDescription): Verdict {
    const self = this.options.self();
    if (remote.processId === self.processId) return { refusal: Refusal.SELF, text: 'the process reached itself' };
    if (remote.deployment !== '' && self.deployment !== '' && remote.deployment !== self.deployment) {
      const whose = `the one side belongs to deployment ${remote.deployment}, the other to ${self.deployment}`;
      return { refusal: Refusal.DEPLOYMENT, text: whose };
    }
    const { nodeId } = remote;
    if (nodeId === 0) return ADMITTED;
    if (nodeId === self.nodeId) return reused(nodeId, `is that of the node at ${self.address} itself`);
    const seen = this.seen.get(nodeId);
    if (seen !== undefined && seen.processId !== remote.processId && (seen.volatile || remote.volatile))
      return reused(nodeId, 'was used before by a node with a volatile store');
    const newest = Math.max(seen?.incarnation ?? 0, this.options.book.incarnationOf(nodeId));
    if (remote.incarnation < newest)
      return reused(nodeId, `is used by a later start of it (incarnation ${newest}, this one has ${remote.incarnation})`);
    return ADMITTED;
  }

  /** The judgement on a dialer, which may have to wait until another process has answered whether it lives (M1). */
  judgeDialer(remote: PeerDescription, answer: (verdict: Verdict) => void): void {
    const verdict = this.judge(remote);
    if (verdict.refusal !== Refusal.NONE) return answer(verdict);
    if (remote.nodeId === 0) return answer(this.hasRoomForGuest() ? ADMITTED : { refusal: Refusal.BUSY, text: 'too many guests' });
    const rivals = this.rivalsOf(remote);
    if (rivals.length === 0) return answer(ADMITTED);
    let open = rivals.length;
    for (const rival of rivals) {
      rival.probe(this.options.tuning.rivalProbeMs, (isAlive) => {
        if (open === 0) return;
        if (isAlive) {
          open = 0;
          return answer(reused(remote.nodeId, 'is running'));
        }
        rival.close('it is silent, and another process of the node has come');
        if (--open === 0) answer(this.judge(remote));
      });
    }
  }

  /** A session with it is open. */
  note(remote: PeerDescription): void {
    const { nodeId, processId, incarnation, volatile } = remote;
    if (nodeId === 0) return;
    this.seen.delete(nodeId);
    this.seen.set(nodeId, { processId, incarnation, volatile });
    const { addressesMax } = this.options.tuning;
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= addressesMax) break;
      this.seen.delete(oldest);
    }
  }

  /** Another open session speaks for the same node from another process. */
  private rivalsOf({ nodeId, processId }: PeerDescription): Connection[] {
    return [...this.options.connections].filter(
      (connection) => connection.isOpen && connection.remote.nodeId === nodeId && connection.remote.processId !== processId,
    );
  }

  private hasRoomForGuest(): boolean {
    let guests = 0;
    for (const connection of this.options.connections)
      if (connection.isOpen && connection.role === 'acceptor' && connection.remote.nodeId === 0) guests++;
    return guests < this.options.tuning.guestsMax;
  }
}

function reused(nodeId: number, how: string): Verdict {
  const remedy = 'give this node a new id and replace the lost one by the membership calls';
  return { refusal: Refusal.NODE_ID_REUSED, text: `node id ${nodeId} ${how}; ${remedy}` };
}
