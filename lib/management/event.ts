/**
 * Events of the management cluster: what apply tells its sink of, once per change, in the order of the log. Types only. They are not stored: a listener that
 * missed some compares topology versions and reads the state.
 */
import type { ClusterState, MovePhase, NodeState, SlotRange, SlotTarget } from './command.js';

interface Stamp {
  /** Topology version that the change made. */
  readonly version: number;
  /** Log time, ms. */
  readonly timeMs: number;
}

export type TopologyEvent = Stamp &
  (
    | { readonly type: 'founded'; readonly deployment: string; readonly nodes: readonly number[]; readonly clusters: readonly number[] }
    | { readonly type: 'limits-set'; readonly revision: number }
    | { readonly type: 'codec-level-raised'; readonly level: number }
    | { readonly type: 'node-added'; readonly node: number }
    | { readonly type: 'node-removed'; readonly node: number }
    | { readonly type: 'node-state-set'; readonly node: number; readonly state: NodeState; readonly before: NodeState }
    | { readonly type: 'node-info-set'; readonly node: number }
    | { readonly type: 'cluster-created'; readonly clusterId: number; readonly members: readonly number[] }
    | { readonly type: 'cluster-destroyed'; readonly clusterId: number }
    | { readonly type: 'cluster-state-set'; readonly clusterId: number; readonly state: ClusterState }
    | { readonly type: 'metadata-set'; readonly clusterId: number }
    | { readonly type: 'associated'; readonly clusterId: number; readonly node: number; readonly replaces: number }
    | { readonly type: 'disassociated'; readonly clusterId: number; readonly node: number }
    | {
        readonly type: 'members-recorded';
        readonly clusterId: number;
        readonly voters: readonly number[];
        readonly left: readonly number[];
      }
    | { readonly type: 'slot-targets-set'; readonly targets: readonly SlotTarget[] }
    | {
        readonly type: 'move-begun';
        readonly moveId: number;
        readonly from: number;
        readonly to: number;
        readonly ranges: readonly SlotRange[];
      }
    | { readonly type: 'move-advanced'; readonly moveId: number; readonly phase: MovePhase }
    | { readonly type: 'move-finished'; readonly moveId: number; readonly outcome: 'activated' | 'aborted' }
  );

export type TopologyEventType = TopologyEvent['type'];

/** In the order in which docs and tests list them. */
export const TOPOLOGY_EVENT_TYPES: readonly TopologyEventType[] = [
  'founded',
  'limits-set',
  'codec-level-raised',
  'node-added',
  'node-removed',
  'node-state-set',
  'node-info-set',
  'cluster-created',
  'cluster-destroyed',
  'cluster-state-set',
  'metadata-set',
  'associated',
  'disassociated',
  'members-recorded',
  'slot-targets-set',
  'move-begun',
  'move-advanced',
  'move-finished',
];

/** Called synchronously inside apply; must only take note. */
export type TopologySink = (event: TopologyEvent) => void;
