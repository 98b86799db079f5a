/**
 * A whole transport behind a channel whose other end holds the secret of nothing (security: insecure), so that packets reach everything behind the handshake.
 * An input is a row of packets. Nothing may be thrown, nobody may be called with what is not theirs, and a channel that has ended leaves nothing behind.
 */
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { EnvelopeCodec } from '../../lib/transport/envelope-codec.js';
import * as packets from '../../lib/transport/peer/packet-codec.js';
import { PeerTransport } from '../../lib/transport/peer/peer-transport.js';
const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57';
const SEPARATOR = 0xee;
/** Time stands still; what is to be done soon is done by run(). */
class StillMachine {
    timers = new Set();
    tasks = [];
    now = () => 1_700_000_000_000;
    monotonic = () => 1_000;
    turn = (callback) => void this.tasks.push(callback);
    soon = (callback) => void this.tasks.push(callback);
    setTimer = (_delayMs, callback) => {
        this.timers.add(callback);
        return { cancel: () => void this.timers.delete(callback) };
    };
    run() {
        for (let rounds = 0; this.tasks.length > 0; rounds++) {
            if (rounds > 100)
                throw new Error('work without end');
            const tasks = this.tasks;
            this.tasks = [];
            for (const task of tasks)
                task();
        }
    }
}
export function createChannelTarget(frames) {
    const machine = new StillMachine();
    let accept = null;
    const transport = new PeerTransport({
        carrier: {
            listen: (acceptor) => {
                accept = acceptor;
                return Promise.resolve({ address: '127.0.0.1:7000' });
            },
            dial: (remote, handlers) => {
                machine.soon(() => handlers.onClosed('refused', 'nobody is there'));
                return { ...deafChannel, remote };
            },
            close: () => Promise.resolve(),
        },
        credentials: { kind: 'insecure' },
        clock: machine,
        scheduler: machine,
        random: new SeededRandom(1, 'channel'),
        logger: { isDebug: false, log: () => undefined },
        advertise: null,
        tuning: { addressesMax: 64 },
        resolve: () => Promise.resolve([]),
    });
    transport.handle('echo', (_from, request) => Promise.resolve(request));
    const started = transport.start({ deployment: DEPLOYMENT, nodeId: 1, incarnation: 1, volatile: false }, {
        onFrame: (frame) => {
            if (frame.from < 2 || frame.from > 3 || frame.deployment !== DEPLOYMENT)
                throw new Error(`a frame in the name of node ${frame.from}`);
        },
        onPeerDisconnected: () => undefined,
    });
    void started;
    const hello = packets.encodeHello({ versionMin: 1, versionMax: 1, security: 3, flags: 0, nonce: new Uint8Array(32) });
    let sessions = 0;
    let timersBefore = -1;
    const look = (input) => {
        if (accept === null)
            throw new Error('the transport does not listen yet');
        const heard = [];
        let isClosed = false;
        const channel = { ...deafChannel, send: (message) => void heard.push(message), close: () => void (isClosed = true) };
        const handlers = accept(channel);
        const nodeId = 2 + (sessions++ % 3); // 4 is a guest
        const description = {
            deployment: DEPLOYMENT,
            nodeId: nodeId === 4 ? 0 : nodeId,
            incarnation: 5,
            volatile: false,
            processId: `p${nodeId}`,
            address: `10.0.0.${nodeId}:1`,
        };
        handlers.onMessage(hello);
        handlers.onMessage(packets.appendProof(packets.encodeProofBody(description), new Uint8Array(0)));
        if (heard.length !== 2)
            throw new Error(`the handshake had ${heard.length} answers`);
        for (const packet of split(input)) {
            if (isClosed)
                break;
            handlers.onMessage(packet);
            machine.run();
        }
        if (!isClosed)
            handlers.onClosed('closed', 'the other side ended it');
        machine.run();
        // Links wait, the house is kept: some timers are always there, and no input may add to them for good.
        if (timersBefore < 0 && sessions === 500)
            timersBefore = machine.timers.size;
        if (timersBefore >= 0 && machine.timers.size > timersBefore + 200)
            throw new Error(`${machine.timers.size} timers are set`);
    };
    const codec = new EnvelopeCodec();
    const frame = (from) => Buffer.concat([Buffer.from([packets.PacketKind.FRAME]), codec.encode({ ...frames[0], deployment: DEPLOYMENT, from, incarnation: 5 })]);
    const call = packets.encodeCall({ callId: 7, method: 'echo', json: Buffer.from('{"a":1}') });
    const rows = [
        [packets.encodeAddresses([{ nodeId: 9, incarnation: 3, address: '10.0.0.9:1' }]), frame(2), frame(3)],
        [packets.encodeBare(packets.PacketKind.PROBE), call, packets.encodeBare(packets.PacketKind.RETIRE)],
        [call, packets.encodeAnswer({ callId: 7, ok: true, json: Buffer.from('{}') }), frame(2)],
        [packets.encodeRefused({ refusal: packets.Refusal.STOPPING, text: 'x' })],
    ];
    const corpus = rows.map((row) => Uint8Array.from(row.flatMap((packet, i) => (i === 0 ? [...packet] : [SEPARATOR, SEPARATOR, ...packet]))));
    return { name: 'channel', weight: 3, corpus, codes: [], look };
}
const deafChannel = {
    remote: '10.0.0.2:1',
    bufferedBytes: 0,
    isEncrypted: false,
    isPeerVerified: false,
    send: () => undefined,
    close: () => undefined,
};
function split(input) {
    const parts = [];
    let from = 0;
    for (let i = 0; i + 1 < input.length; i++) {
        if (input[i] !== SEPARATOR || input[i + 1] !== SEPARATOR)
            continue;
        parts.push(input.slice(from, i));
        from = i + 2;
        i++;
    }
    parts.push(input.slice(from));
    return parts;
}
//# sourceMappingURL=channel-target.js.map