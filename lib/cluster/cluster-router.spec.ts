import { describe, expect, it } from '@jest/globals';
import { Entry, Message, MessageType } from '../raft/index.js';
import { EnvelopeKind, type Envelope, type Frame, type Transport } from '../transport/transport.js';
import { ClusterRouter } from './cluster-router.js';
import { DEFAULT_TUNING } from './host-options.js';

const ping = (nowMs: number): Envelope => ({ kind: EnvelopeKind.PING, nowMs });

function router(inboxFramesMax = 2): {
  readonly router: ClusterRouter;
  readonly sent: Array<{ readonly to: number; readonly frame: Frame }>;
} {
  const sent: Array<{ to: number; frame: Frame }> = [];
  const transport = { send: (to: number, frame: Frame) => sent.push({ to, frame }) } as unknown as Transport;
  return {
    router: new ClusterRouter(
      transport,
      { deployment: 'd', nodeId: 1, incarnation: 4 },
      { ...DEFAULT_TUNING, inboxFramesMax },
      () => undefined,
    ),
    sent,
  };
}

describe('ClusterRouter', () => {
  it('what there is for one peer leaves as one frame, in order, and the frame is never touched again', () => {
    const { router: it, sent } = router();
    it.send(2, ping(1));
    it.send(3, ping(2));
    it.send(2, ping(3));
    expect(sent).toEqual([]);
    it.flush();
    it.send(2, ping(4));
    expect(sent).toEqual([
      { to: 2, frame: { deployment: 'd', from: 1, incarnation: 4, envelopes: [ping(1), ping(3)] } },
      { to: 3, frame: { deployment: 'd', from: 1, incarnation: 4, envelopes: [ping(2)] } },
    ]);
    it.flush();
    it.flush();
    expect(sent).toHaveLength(3);
  });

  it('R42: a frame of another deployment or of this node is refused, one beyond the bound dropped; both are counted', () => {
    const { router: it } = router();
    const frame = (from: number, deployment = 'd'): Frame => ({ deployment, from, incarnation: 1, envelopes: [] });
    expect([it.receive(frame(2, 'other')), it.receive(frame(1)), it.receive(frame(2)), it.receive(frame(3)), it.receive(frame(2))]).toEqual(
      [false, false, true, true, false],
    );
    expect(it.takeArrived().map(({ from }) => from)).toEqual([2, 3]);
    expect(it.statistics).toMatchObject({ framesRefused: 2, framesDropped: 1, framesReceived: 2 });
    expect(it.hasArrived).toBe(false);
  });

  it('C5: a notice of a commit gives its place to the next append behind the same entry, and to nothing else', () => {
    const { router: it, sent } = router();
    const append = (commit: number, options: { groupId?: number; index?: number; term?: number; entries?: number } = {}): Envelope => {
      const message = new Message(MessageType.Append, 2, 1, options.term ?? 3);
      message.index = options.index ?? 7;
      message.logTerm = 3;
      message.commit = commit;
      message.entries = Array.from({ length: options.entries ?? 0 }, (_, at) => new Entry(8 + at, 3, 0, new Uint8Array(1)));
      return { kind: EnvelopeKind.RAFT, groupId: options.groupId ?? 1, message };
    };
    const flushed = (): readonly Envelope[] => {
      it.flush();
      return sent.at(-1)!.frame.envelopes;
    };
    it.send(2, append(5));
    expect(it.hasUrgent).toBe(false);
    it.send(2, append(6));
    it.send(2, append(7, { entries: 1 }));
    expect(it.hasUrgent).toBe(true);
    expect(flushed()).toEqual([append(7, { entries: 1 })]);
    expect(it.hasUrgent).toBe(false);
    const kept = [
      append(5),
      append(6, { groupId: 2 }),
      append(7, { index: 8 }),
      append(6, { index: 8 }),
      ping(1),
      append(8, { index: 8, term: 4 }),
    ];
    for (const envelope of kept) it.send(2, envelope);
    it.send(2, append(9, { index: 8 }));
    expect(flushed()).toEqual([...kept, append(9, { index: 8 })]);
    it.send(2, append(5, { entries: 1 }));
    it.send(2, append(6));
    expect(flushed()).toHaveLength(2);
  });
});
