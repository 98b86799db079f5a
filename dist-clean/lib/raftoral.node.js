import { FIRST_NODE_ID, NodeMembership } from './cluster/joining/node-membership.js';
import { isMember } from './cluster/membership-rules.js';
import { RaftoralError, isRaftoralError } from './errors/index.js';
import { drain } from './raftoral.drain.js';
import { joinedGroupOf } from './raftoral.joined-group.js';
import { LEFT_NOTE } from './storage/node-notes.js';
import { REJOIN_NEEDS_NEW_ID } from './storage/storage.js';
import { isNetworkTransport } from './transport/network-transport-port.js';
import { EventTap } from './workflow/event-tap.js';
import { WorkflowStateMachine } from './workflow/state-machine.js';
/** A timer that is only there to be pending; about 24 days, the longest that Node takes in one piece. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;
/** Between two attempts to be removed while another change is under way. */
const LEAVE_PAUSE_MS = 100;
/** The one execution cluster of a deployment; 0 stays free for management. */
export const EXECUTION_CLUSTER_ID = 1;
export class RaftoralNode {
    parts;
    /** Called once this node is no member any more, for good: by leave(), or because it was removed. Whoever owns the process may end it. */
    onLeft = null;
    host = null;
    identity = null;
    membership = null;
    running = null;
    stopping = null;
    leaving = null;
    keepAlive = null;
    isJoining = false;
    hasLeft = false;
    isStopped = false;
    failure = null;
    constructor(parts) {
        this.parts = parts;
    }
    /** 0 before the node has an identity. */
    get nodeId() {
        return this.identity?.nodeId ?? this.parts.settings.nodeId;
    }
    /** '' before the node has an identity. */
    get deployment() {
        return this.identity?.deployment ?? this.parts.settings.deployment;
    }
    get phase() {
        if (this.hasLeft)
            return 'left';
        if (this.isStopped)
            return 'stopped';
        if (this.stopping !== null)
            return 'stopping';
        if (this.isJoining)
            return 'joining';
        return this.running === null ? 'starting' : 'running';
    }
    /** The Raft group of execution cluster 1 on this node: status and membership calls. */
    get group() {
        return this.started().group;
    }
    /** What this node has applied of execution cluster 1. Read only, and valid until the next apply. */
    get state() {
        return this.started().state;
    }
    /** As `state`; null before the node hosts the cluster. */
    get hosted() {
        return this.running?.state ?? null;
    }
    /** Everything that can be asked of execution cluster 1 on this node. */
    get service() {
        return this.started().workflows.service;
    }
    /** null where the nodes share a process. */
    get network() {
        return isNetworkTransport(this.parts.transport) ? this.parts.transport : null;
    }
    async start() {
        try {
            await this.startUp();
        }
        catch (error) {
            // N5. Nest calls no shutdown hook when the boot fails.
            await this.stop();
            throw error;
        }
    }
    /** Safe to call twice, and on a node that never started. */
    async stop() {
        this.stopping ??= this.drainAndStop();
        await this.stopping;
    }
    /**
     * Ends the membership of this node for good (N4). Rejects with MEMBERSHIP_REFUSED for the last voter, and where the others would have no majority: the
     * node then goes on as before.
     */
    async leave() {
        this.leaving ??= this.leaveNow(this.started()).finally(() => (this.leaving = null));
        await this.leaving;
    }
    nodeStatus() {
        const status = this.host?.status();
        const groups = status?.groups ?? [];
        const halted = groups.find((group) => group.halted !== null);
        // Whoever left is over as well, and nothing is wrong with that.
        const ended = this.hasLeft ? null : (this.running?.workflows.runtime.ended?.message ?? status?.failure ?? null);
        const over = halted === undefined || this.hasLeft ? ended : `cluster ${halted.groupId}: ${halted.halted}`;
        const failure = this.failure?.message ?? over;
        return {
            nodeId: this.nodeId,
            running: status?.state === 'running' && this.stopping === null && !this.hasLeft,
            failure,
            progress: this.progress,
            live: this.running === null ? [] : this.running.group.livePeers(),
            groups,
        };
    }
    /** What it is at while it starts or joins; null else. */
    get progress() {
        if (this.stopping !== null || this.hasLeft)
            return null;
        return this.isJoining ? (this.membership?.progress ?? 'joins a cluster') : null;
    }
    hostStatus() {
        return this.host?.status() ?? null;
    }
    /** Of this start of the node; 0 before it has an identity. */
    get incarnation() {
        return this.host?.incarnation ?? 0;
    }
    // --- the start ------------------------------------------------------------------------------------------------------------------
    async startUp() {
        const { settings, notes } = this.parts;
        const { cluster, deployment, nodeId } = settings;
        const { network } = this;
        if (network !== null)
            this.membership = this.makeMembership(network);
        if (cluster.isStatic) {
            const left = await notes.read(LEFT_NOTE);
            if (left?.['nodeId'] === nodeId)
                throw leftForGood(nodeId, deployment);
            await this.membership?.open();
            await this.run({ deployment, nodeId }, settings.members);
            return;
        }
        if (this.membership === null)
            throw new RaftoralError('INVALID_CONFIGURATION', 'RaftoralModule: transport: a node that gets its id from a cluster needs a transport that reaches other processes', {
                details: { option: 'transport' },
            });
        const found = await this.membership.found();
        await this.membership.open();
        if (found !== null)
            return this.startAgain(this.membership, found);
        this.isJoining = true;
        const arriving = this.join(this.membership);
        if (settings.transport === null || settings.transport.listen !== null)
            return arriving;
        // The application's own server listens after this hook.
        this.holdProcess();
        void this.inBackground(arriving);
    }
    /** With the identity of its files. */
    async startAgain(membership, found) {
        try {
            // Id 1 is given to the node that begins, and to no other: if it ended before its first entry, nothing of the group is stored.
            await this.run(found, found.nodeId === FIRST_NODE_ID ? [FIRST_NODE_ID] : []);
        }
        catch (error) {
            if (!isRaftoralError(error, 'REJOIN_REFUSED') || error.details['reason'] !== REJOIN_NEEDS_NEW_ID)
                throw error;
            this.isJoining = true;
            await this.enter(membership, await membership.reserve(found.deployment));
            return;
        }
        const { group } = this.running;
        if (group.membership.voters.includes(found.nodeId))
            this.arrived(membership);
        else {
            this.isJoining = !isMember(group.membership, found.nodeId);
            void this.inBackground(this.admit(membership, found));
        }
    }
    async join(membership) {
        const { isFirst, ...identity } = await membership.establish();
        if (!isFirst)
            return this.enter(membership, identity);
        await this.run(identity, [identity.nodeId]);
        this.arrived(membership);
    }
    async enter(membership, identity) {
        await this.run({ deployment: identity.deployment, nodeId: identity.nodeId }, []);
        await this.admit(membership, identity);
    }
    async admit(membership, identity) {
        try {
            await membership.admit(identity.nodeId);
        }
        catch (error) {
            if (isRaftoralError(error, 'JOIN_REFUSED') && error.details['reason'] === 'removed') {
                await this.expelled();
                throw leftForGood(identity.nodeId, identity.deployment);
            }
            throw error;
        }
        await this.untilMember(identity.nodeId);
        this.arrived(membership);
    }
    arrived(membership) {
        this.isJoining = false;
        membership.arrived();
        const { joined, identity } = this.running;
        void this.inBackground(membership.watchStanding(joined, identity.nodeId).then(async (isRemoved) => {
            if (!isRemoved)
                return;
            await this.expelled();
            throw leftForGood(identity.nodeId, identity.deployment);
        }));
    }
    /** What the leader said reaches this node by its log a little later. */
    untilMember(nodeId) {
        const { group } = this.running;
        if (isMember(group.membership, nodeId))
            return Promise.resolve();
        return new Promise((resolve) => {
            const done = () => {
                unsubscribe();
                resolve();
            };
            const unsubscribe = group.subscribe({
                onMembership: (membership) => {
                    if (isMember(membership, nodeId))
                        done();
                },
                onRemoved: done,
                onHalted: done,
            });
        });
    }
    /** Host, group and runtime under this identity. */
    async run(identity, members) {
        const { clock, makeHost, makeGroup, makeService, forwarder } = this.parts;
        this.throwIfStopping();
        const host = makeHost(identity);
        try {
            await host.start();
        }
        catch (error) {
            await host.stop();
            throw error;
        }
        this.host = host;
        this.identity = identity;
        host.onCrashed = () => {
            this.membership?.close();
            this.keepAlive?.cancel();
        };
        await this.membership?.identified(identity);
        const tap = new EventTap();
        const state = new WorkflowStateMachine({ groupId: EXECUTION_CLUSTER_ID, sink: tap.sink });
        const nextDeadlineMs = () => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(clock.now(), state.logTimeMs);
        const group = await makeGroup({ host, groupId: EXECUTION_CLUSTER_ID, stateMachine: state, nextDeadlineMs, members });
        this.throwIfStopping();
        const workflows = makeService({ group, state, tap, deployment: identity.deployment, incarnation: host.incarnation });
        const joined = joinedGroupOf(group, state);
        this.running = { identity, group, state, workflows, joined };
        this.membership?.desk.hosts(joined);
        if (!this.parts.settings.cluster.isStatic)
            group.subscribe({ onRemoved: () => void this.inBackground(this.expelled()) });
        workflows.runtime.start();
        forwarder.attach(workflows.service);
        if (this.keepAlive === null)
            this.holdProcess();
    }
    makeMembership(network) {
        const { settings, storage, notes, clock, random, logger, resolve } = this.parts;
        const { bootstrap, bootstrapExpect, seeds, votersMax, replaces, isStatic } = settings.cluster;
        const rejoinEmpty = settings.storage.type === 'sqlite' && settings.storage.rejoinEmpty;
        const deployment = isStatic ? '' : settings.deployment;
        return new NodeMembership({
            settings: { bootstrap, bootstrapExpect, seeds, votersMax, replaces, deployment, rejoinEmpty },
            network,
            storage,
            notes,
            clock,
            random,
            logger,
            ...(resolve === undefined ? {} : { resolve }),
        });
    }
    /** What goes on beside the application: its failure is the node's, and is seen in status, health and log. */
    async inBackground(work) {
        try {
            await work;
        }
        catch (error) {
            if (isRaftoralError(error, 'SHUTTING_DOWN'))
                return;
            this.isJoining = false;
            this.failure = isRaftoralError(error)
                ? error
                : new RaftoralError('INVARIANT_VIOLATED', `the membership of this node stopped: ${String(error)}`, { cause: error });
            this.parts.logger.log('error', this.failure.message);
        }
    }
    // --- the end --------------------------------------------------------------------------------------------------------------------
    /** This node is no member any more, and never will be under this id. */
    async expelled() {
        const { identity } = this;
        if (this.hasLeft || identity === null)
            return;
        this.hasLeft = true;
        this.isJoining = false;
        await this.parts.notes.write(LEFT_NOTE, { format: 1, ...identity });
        this.onLeft?.();
    }
    async leaveNow(running) {
        const { group, workflows, identity } = running;
        const { voters } = group.membership;
        if (voters.length === 1 && voters[0] === identity.nodeId) {
            throw new RaftoralError('MEMBERSHIP_REFUSED', `node ${identity.nodeId} is the last voter of cluster ${group.groupId}: with it the cluster ends; promote another node first, or stop this one`, { details: { reason: 'last-voter', node: identity.nodeId } });
        }
        await drain(running, this.parts.clock, this.parts.settings.shutdown.drainTimeoutMs);
        try {
            await this.removeSelf(running);
        }
        catch (error) {
            workflows.runtime.resume();
            throw error;
        }
        await this.expelled();
    }
    async removeSelf({ group, identity }) {
        const { clock, settings } = this.parts;
        const until = clock.monotonic() + settings.requestTimeoutMs;
        for (;;) {
            try {
                return await group.remove(identity.nodeId);
            }
            catch (error) {
                // NOT_MEMBER: it is removed, and heard so from its own log first.
                if (isRaftoralError(error, 'NOT_MEMBER'))
                    return;
                const isPassing = isRaftoralError(error, 'MEMBERSHIP_REFUSED') && error.details['reason'] === 'under-way';
                if (!isPassing || clock.monotonic() >= until)
                    throw error;
            }
            await new Promise((resolve) => clock.setTimer(LEAVE_PAUSE_MS, resolve));
        }
    }
    holdProcess = () => {
        this.keepAlive = this.parts.clock.setTimer(KEEP_ALIVE_MS, this.holdProcess);
    };
    started() {
        if (this.running !== null)
            return this.running;
        const why = this.progress === null ? 'has not started yet; use it after the application’s bootstrap' : `is no member yet: it ${this.progress}`;
        throw new RaftoralError('NOT_MEMBER', `Node ${this.nodeId} ${why}.`);
    }
    throwIfStopping() {
        if (this.stopping !== null)
            throw new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
    }
    async drainAndStop() {
        const { running } = this;
        this.membership?.close();
        if (running !== null) {
            if (this.parts.settings.shutdown.drainTimeoutMs > 0 && !this.hasLeft)
                await drain(running, this.parts.clock, this.parts.settings.shutdown.drainTimeoutMs);
            running.workflows.runtime.stop();
        }
        // The host stops the transport, once it has started it.
        if (this.host !== null)
            await this.host.stop();
        else if (this.membership?.isListening === true)
            await this.parts.transport.stop();
        this.isStopped = true;
        this.keepAlive?.cancel();
    }
}
function leftForGood(nodeId, deployment) {
    return new RaftoralError('NODE_LEFT', `node ${nodeId} left deployment ${deployment} or was removed from it, and its id is never used again; start with an empty folder, or with rejoinEmpty, and join under a new id`, { details: { nodeId, deployment } });
}
//# sourceMappingURL=raftoral.node.js.map