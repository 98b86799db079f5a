/**
 * The state machine of the management cluster: the one place where its commands take effect. Pure: time comes in with the entries.
 *
 * M1. apply() is a function of the state and the entry: every replica decides alike.
 * M2. Nothing that a client or the cluster manager sends makes it throw: what can not be done is refused, with a reason. What it can not decode halts the group
 *     on this node (R31); it is never skipped.
 * M3. A refused command changes nothing but the log time.
 * M4. The state is small (T4 of topology.ts): it is stored as one snapshot, not in rows.
 * Source: DESIGN §7; RULES R31, R39–R42. Tests: state-machine.*.spec.ts.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import type { ConfState } from '../raft/index.js';
import { readLogTimeStamp, type StateMachine } from '../state-machine/index.js';
import { decodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type TopologyCommand } from './command.js';
import type { TopologySink } from './event.js';
import { refused } from './state-machine/answers.js';
import {
  associate,
  createCluster,
  destroyCluster,
  disassociate,
  recordMembers,
  setClusterState,
  setMetadata,
} from './state-machine/apply-cluster.js';
import { found, raiseTopologyLevel, setTopologyLimits } from './state-machine/apply-group.js';
import { addNode, removeNode, setNodeInfo, setNodeState } from './state-machine/apply-node.js';
import { abortMove, advanceMove, beginMove, finishMove, setSlotTargets } from './state-machine/apply-slots.js';
import { decodeTopology, encodeTopology } from './state-machine/snapshot-codec.js';
import { Topology } from './state-machine/topology.js';
import type { TopologyAnswer, TopologyView } from './state.js';

export class TopologyStateMachine implements StateMachine<TopologyAnswer> {
  private state = new Topology();

  constructor(sink: TopologySink | null = null) {
    this.state.sink = sink;
  }

  /** Whoever is to be told from now on; what was replayed before that is in the state. */
  listen(sink: TopologySink | null): void {
    this.state.sink = sink;
  }

  /** Read only, and valid until the next apply. */
  get topology(): TopologyView {
    return this.state;
  }

  get logTimeMs(): number {
    return this.state.logTimeMs;
  }

  apply(index: number, _term: number, frame: Uint8Array): TopologyAnswer {
    const { state } = this;
    invariant(index > state.appliedIndex, () => `the management cluster applies ${index} after ${state.appliedIndex}`);
    const command = this.decode(index, frame);
    state.appliedIndex = index;
    state.beginCommand(readLogTimeStamp(frame));
    return this.carryOut(command);
  }

  check(frame: Uint8Array): void {
    decodeTopologyCommand(frame);
  }

  private decode(index: number, frame: Uint8Array): TopologyCommand {
    try {
      return decodeTopologyCommand(frame);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new RaftoralError('GROUP_HALTED', `The management cluster can not apply entry ${index}: ${why}`, {
        cause: error,
        details: { groupId: 0, index },
      });
    }
  }

  private carryOut(command: TopologyCommand): TopologyAnswer {
    const { state } = this;
    switch (command.kind) {
      case TopologyKind.FOUND:
        return found(state, command);
      case TopologyKind.SET_LIMITS:
        return setTopologyLimits(state, command);
      case TopologyKind.RAISE_CODEC_LEVEL:
        return raiseTopologyLevel(state, command);
      default:
        return state.deployment === '' ? notFounded(state) : this.carryOutFounded(command);
    }
  }

  private carryOutFounded(command: Exclude<TopologyCommand, { readonly kind: 1 | 2 | 3 }>): TopologyAnswer {
    const { state } = this;
    switch (command.kind) {
      case TopologyKind.ADD_NODE:
        return addNode(state, command);
      case TopologyKind.REMOVE_NODE:
        return removeNode(state, command);
      case TopologyKind.SET_NODE_STATE:
        return setNodeState(state, command);
      case TopologyKind.SET_NODE_INFO:
        return setNodeInfo(state, command);
      case TopologyKind.CREATE_CLUSTER:
        return createCluster(state, command);
      case TopologyKind.DESTROY_CLUSTER:
        return destroyCluster(state, command);
      case TopologyKind.ASSOCIATE:
        return associate(state, command);
      case TopologyKind.DISASSOCIATE:
        return disassociate(state, command);
      case TopologyKind.RECORD_MEMBERS:
        return recordMembers(state, command);
      case TopologyKind.SET_METADATA:
        return setMetadata(state, command);
      case TopologyKind.SET_CLUSTER_STATE:
        return setClusterState(state, command);
      case TopologyKind.SET_SLOT_TARGETS:
        return setSlotTargets(state, command);
      case TopologyKind.BEGIN_MOVE:
        return beginMove(state, command);
      case TopologyKind.ADVANCE_MOVE:
        return advanceMove(state, command);
      case TopologyKind.ABORT_MOVE:
        return abortMove(state, command);
      case TopologyKind.FINISH_MOVE:
        return finishMove(state, command);
    }
  }

  applyMembership(index: number, membership: ConfState): void {
    const { state } = this;
    if (index > state.appliedIndex) state.appliedIndex = index;
    state.membership = membership;
    const { voters, votersOutgoing, learners, learnersNext } = membership;
    for (const node of [...voters, ...votersOutgoing, ...learners, ...learnersNext]) state.raiseNodeId(node);
  }

  snapshot(): Uint8Array {
    return encodeTopology(this.state);
  }

  restore(index: number, bytes: Uint8Array): void {
    const restored = decodeTopology(bytes);
    restored.appliedIndex = index;
    restored.sink = this.state.sink;
    this.state = restored;
  }
}

function notFounded(state: Topology): TopologyAnswer {
  return refused(state, 'not-founded', 'The deployment is not founded yet: ids and slots would have no beginning. Send FOUND first.');
}
