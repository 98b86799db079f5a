/**
 * The commands of one real run, to be applied again under other ids: so generated state is what the engine itself would have written, digests and
 * call positions included.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RAFTORAL_STORAGE, RaftoralNode } from '../../lib/index.js';
import { stampLogTime } from '../../lib/state-machine/index.js';
import { decodeCommand, encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { bootNode, firstStart } from './node.js';
import { Steps } from './workflows.js';
/** As the client fixes it: long enough after the start. */
const REQUEST_EXPIRY_MS = 600_000;
const NODE_ID = 1;
export class RecordedRun {
    commands;
    constructor(commands) {
        this.commands = commands;
    }
    get length() {
        return this.commands.length;
    }
    /** The frames of a run `name`, all at log time `atMs`. */
    frames(name, atMs) {
        return this.commands.map((command) => {
            const frame = encodeCommand(retargeted(command, name, atMs));
            stampLogTime(frame, atMs);
            return frame;
        });
    }
}
function retargeted(command, name, atMs) {
    if (command.kind === CommandKind.START) {
        return {
            ...command,
            workflowId: name,
            runId: `run-${name}`,
            requestId: `request-${name}`,
            expiryMs: atMs + REQUEST_EXPIRY_MS,
            starter: NODE_ID,
        };
    }
    if ('runId' in command)
        return { ...command, runId: `run-${name}` };
    throw new Error(`a run of the bench has no command of kind ${command.kind}`);
}
/** Runs it once, on a node whose storage is memory. With `wait` the run stays open, waiting for the signal. */
export async function record(input) {
    const { app, client } = await bootNode('', 'memory', { raft: { snapshotEntriesMax: 1_000_000 } });
    await firstStart(client);
    const handle = await client.start(Steps, input);
    if (!input.wait)
        await handle.result();
    const events = 1 + input.steps + (input.wait ? 0 : 1);
    while ((await handle.describe()).events < events)
        await sleep(5);
    const groupId = app.get(RaftoralNode).group.groupId;
    const log = app.get(RAFTORAL_STORAGE).log(groupId);
    const entries = log.entries(log.firstIndex(), log.lastIndex() + 1, Infinity);
    if (entries === null)
        throw new Error('the log of the recording node was compacted');
    const commands = entries.filter(({ data }) => data.length > 0).map(({ data }) => decodeCommand(data));
    await app.close();
    const { runId } = handle;
    return new RecordedRun(commands.filter((command) => 'runId' in command && command.runId === runId));
}
//# sourceMappingURL=recording.js.map