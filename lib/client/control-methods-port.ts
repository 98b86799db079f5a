/**
 * Every call of the control API, once: names, fields, where they stand in HTTP and in gRPC. The HTTP routes, the OpenAPI document, the mapping of
 * the `.proto` and the check of requests are made of this table; a test holds the `.proto` to it.
 *
 * T1. A released field is never renamed, removed or given another type; new ones are optional.
 * T2. Types: text, integer, boolean, json (any JSON value; in gRPC a string field `<name>Json` of JSON text), texts (array of text),
 *     integers (array of integers). ISO 8601 instants are text.
 */
export type ControlFieldType = 'text' | 'integer' | 'boolean' | 'json' | 'texts' | 'integers';

export interface ControlField {
  readonly type: ControlFieldType;
  readonly isRequired?: true;
  /** Where it stands in an HTTP request. Default: body for POST, query for GET. */
  readonly in?: 'path';
  readonly about: string;
}

export interface ControlMethod {
  readonly name: string;
  readonly about: string;
  /** Path below the mount point (`/raftoral/v1` by default). */
  readonly http: { readonly verb: 'GET' | 'POST'; readonly path: string };
  readonly rpc: { readonly service: string; readonly method: string };
  readonly isStream?: true;
  readonly request: Readonly<Record<string, ControlField>>;
}

const WORKFLOW_ID: ControlField = { type: 'text', isRequired: true, in: 'path', about: 'Workflow id, 1 to 256 bytes' };
const RUN_ID: ControlField = { type: 'text', about: 'Run of that id; default the current one' };
const REQUEST_ID: ControlField = { type: 'text', about: 'Sent again with it, a call has the same answer; minted when absent' };
const TIMEOUT_MS: ControlField = { type: 'integer', about: 'Time that the caller waits, ms' };
const CONSISTENCY: ControlField = { type: 'text', about: "'linearizable' (default) or 'local'" };
const MOVE_ID: ControlField = { type: 'integer', isRequired: true, about: 'Move of slots, as cluster.list has it' };
const NODE_ID: ControlField = { type: 'integer', isRequired: true, about: 'Node id' };
const CLUSTER_ID: ControlField = { type: 'integer', isRequired: true, about: 'Execution cluster' };
const DECIDED_ON: ControlField = {
  type: 'integer',
  about:
    'Topology version that the caller saw; refused as stale if what the call names has changed since. Default: the newest that the node has',
};
const TARGET_SIZE: ControlField = { type: 'integer', about: 'Voters that it is to have, 1 to 7' };
const METADATA: ControlField = { type: 'json', about: 'Object of texts; takes the place of what was there' };
const UNDO: ControlField = { type: 'boolean', about: 'Takes it back' };
const RUN = { workflowId: WORKFLOW_ID, runId: RUN_ID } as const;
const WRITE = { requestId: REQUEST_ID, timeoutMs: TIMEOUT_MS } as const;
const READ = { consistency: CONSISTENCY, timeoutMs: TIMEOUT_MS } as const;
const START = {
  name: { type: 'text', isRequired: true, about: 'Name of the workflow' },
  input: { type: 'json', about: 'Argument of run()' },
  workflowId: { type: 'text', about: 'Minted when absent' },
  version: { type: 'integer', about: 'Default: the highest that every voter has registered' },
  onExisting: { type: 'text', about: "'reject' (default) or 'attach'" },
  ...WRITE,
} as const satisfies Record<string, ControlField>;

function workflow(
  name: string,
  method: string,
  verb: 'GET' | 'POST',
  path: string,
  about: string,
  request: ControlMethod['request'],
): ControlMethod {
  return { name: `workflow.${name}`, about, http: { verb, path }, rpc: { service: 'Workflows', method }, request };
}

function stream(method: ControlMethod): ControlMethod {
  return { ...method, isStream: true };
}

function of(
  service: string,
  name: string,
  method: string,
  verb: 'GET' | 'POST',
  path: string,
  about: string,
  request: ControlMethod['request'],
): ControlMethod {
  return { name, about, http: { verb, path }, rpc: { service, method }, request };
}

export const CONTROL_METHODS: readonly ControlMethod[] = [
  workflow(
    'start',
    'Start',
    'POST',
    '/workflows',
    'Starts a run; answers once it is committed: {workflowId, runId, existing, requestId}',
    START,
  ),
  workflow(
    'execute',
    'Execute',
    'POST',
    '/workflows/execute',
    'Starts a run and waits for its result: {workflowId, runId, requestId, result}',
    {
      ...START,
      resultTimeoutMs: { type: 'integer', about: 'How long to wait for the result, ms; then OUTCOME_UNKNOWN, and the run goes on' },
    },
  ),
  workflow('result', 'Result', 'GET', '/workflows/{workflowId}/result', 'Waits for the result: {result}', {
    ...RUN,
    timeoutMs: TIMEOUT_MS,
  }),
  workflow('describe', 'Describe', 'GET', '/workflows/{workflowId}', 'Status, owner and times of a run', { ...RUN, ...READ }),
  workflow('explain', 'Explain', 'GET', '/workflows/{workflowId}/explain', 'Why a run does not move, in one sentence and in detail', {
    ...RUN,
    ...READ,
  }),
  workflow('list', 'List', 'GET', '/workflows', 'One page of runs: {items, next}', {
    name: { type: 'text', about: 'Name of the workflow' },
    version: { type: 'integer', about: 'Version' },
    status: { type: 'texts', about: 'Statuses to include' },
    startedAfter: { type: 'text', about: 'ISO 8601' },
    startedBefore: { type: 'text', about: 'ISO 8601' },
    limit: { type: 'integer', about: 'Page size, 1 to 1000; default 100' },
    cursor: { type: 'text', about: '`next` of the page before' },
    consistency: CONSISTENCY,
  }),
  workflow('history', 'History', 'GET', '/workflows/{workflowId}/history', 'History as versioned JSON lines: {history}', {
    ...RUN,
    ...READ,
  }),
  workflow('query', 'Query', 'POST', '/workflows/{workflowId}/queries/{query}', 'Calls a query: {result}', {
    ...RUN,
    query: { type: 'text', isRequired: true, in: 'path', about: 'Name of the query' },
    args: { type: 'json', about: 'Array of its arguments' },
    ...READ,
  }),
  workflow('signal', 'Signal', 'POST', '/workflows/{workflowId}/signals/{signal}', 'Records a signal: {requestId}', {
    ...RUN,
    signal: { type: 'text', isRequired: true, in: 'path', about: 'Name of the signal' },
    payload: { type: 'json', about: 'Its payload' },
    ...WRITE,
  }),
  workflow('cancel', 'Cancel', 'POST', '/workflows/{workflowId}/cancel', 'Asks the workflow to end: {requestId}', {
    ...RUN,
    reason: { type: 'text', about: 'For the history' },
    ...WRITE,
  }),
  workflow('terminate', 'Terminate', 'POST', '/workflows/{workflowId}/terminate', 'Ends the run at once: {requestId}', {
    ...RUN,
    ...WRITE,
  }),
  workflow('reset', 'Reset', 'POST', '/workflows/{workflowId}/reset', 'Lets a blocked run go on: {requestId}', { ...RUN, ...WRITE }),
  stream(
    workflow('events', 'Events', 'GET', '/workflows/{workflowId}/events', 'Events of a run from `after` + 1 on, then live', {
      ...RUN,
      after: { type: 'integer', about: 'wseq of the last event that the caller has; default 0' },
    }),
  ),
  stream(workflow('watch', 'Watch', 'GET', '/events', 'Live events of all runs of this node', {})),

  of(
    'Discovery',
    'discovery.nodes',
    'Nodes',
    'GET',
    '/nodes',
    'Nodes whose address is known: {deployment, nodeId, nodes: [{nodeId, address, incarnation}]}',
    {},
  ),

  of(
    'Membership',
    'membership.members',
    'Members',
    'GET',
    '/members',
    'Members of a cluster: {clusterId, voters, learners, leader, term}',
    {},
  ),
  of('Membership', 'membership.addLearner', 'AddLearner', 'POST', '/members/add-learner', 'Adds a node as a learner', { nodeId: NODE_ID }),
  of('Membership', 'membership.promote', 'Promote', 'POST', '/members/promote', 'Makes a learner that has caught up a voter', {
    nodeId: NODE_ID,
  }),
  of('Membership', 'membership.remove', 'Remove', 'POST', '/members/remove', 'Removes a member', { nodeId: NODE_ID }),
  of('Membership', 'membership.replace', 'Replace', 'POST', '/members/replace', 'Puts one node in the place of a lost one', {
    lost: NODE_ID,
    replacement: NODE_ID,
  }),

  of(
    'Clusters',
    'cluster.list',
    'List',
    'GET',
    '/clusters',
    'The topology as this node has it: {deployment, version, leader, nodes, clusters, moves}',
    {},
  ),
  of(
    'Clusters',
    'cluster.plan',
    'Plan',
    'GET',
    '/clusters/plan',
    'What the cluster manager would do now, and why; nothing is done: {decisions: [{rule, explanation}], waiting}',
    {},
  ),
  of('Clusters', 'cluster.create', 'Create', 'POST', '/clusters', 'Makes an execution cluster: {clusterId, version}', {
    members: { type: 'integers', about: 'Its first voters; default: chosen by zone and load' },
    targetSize: TARGET_SIZE,
    metadata: METADATA,
    decidedOn: DECIDED_ON,
  }),
  of('Clusters', 'cluster.retire', 'Retire', 'POST', '/clusters/retire', 'Its slots go to the others, then it is destroyed: {version}', {
    clusterId: CLUSTER_ID,
    undo: UNDO,
    decidedOn: DECIDED_ON,
  }),
  of(
    'Clusters',
    'cluster.destroy',
    'Destroy',
    'POST',
    '/clusters/destroy',
    'Ends one that owns no slot and has no open workflow: {version}',
    {
      clusterId: CLUSTER_ID,
      decidedOn: DECIDED_ON,
    },
  ),
  of('Clusters', 'cluster.associate', 'Associate', 'POST', '/clusters/associate', 'A node is to become a voter of a cluster: {version}', {
    clusterId: CLUSTER_ID,
    nodeId: NODE_ID,
    replaces: { type: 'integer', about: 'Member whose place it takes, in one change' },
    decidedOn: DECIDED_ON,
  }),
  of('Clusters', 'cluster.disassociate', 'Disassociate', 'POST', '/clusters/disassociate', 'A member is to leave a cluster: {version}', {
    clusterId: CLUSTER_ID,
    nodeId: NODE_ID,
    decidedOn: DECIDED_ON,
  }),
  of(
    'Clusters',
    'cluster.metadata',
    'SetMetadata',
    'POST',
    '/clusters/metadata',
    'Changes metadata or target size of a cluster: {version}',
    {
      clusterId: CLUSTER_ID,
      metadata: METADATA,
      targetSize: TARGET_SIZE,
      decidedOn: DECIDED_ON,
    },
  ),
  of(
    'Clusters',
    'node.drain',
    'DrainNode',
    'POST',
    '/nodes/drain',
    'A node leaves all clusters, and gets nothing more to host: {version}',
    {
      nodeId: NODE_ID,
      undo: UNDO,
      decidedOn: DECIDED_ON,
    },
  ),
  of(
    'Clusters',
    'cluster.abortMove',
    'AbortMove',
    'POST',
    '/clusters/abort-move',
    'The target of a move of slots is asked to decide against it; refused once it has decided for it: {version}',
    { moveId: MOVE_ID },
  ),
  of('Clusters', 'node.remove', 'RemoveNode', 'POST', '/nodes/remove', 'Forgets a node that is gone and hosts nothing: {version}', {
    nodeId: NODE_ID,
    decidedOn: DECIDED_ON,
  }),

  of(
    'Administration',
    'admin.status',
    'Status',
    'GET',
    '/status',
    'This node: members, leader, term, indexes, lag, owners, connections',
    {},
  ),
  of('Administration', 'admin.transferLeadership', 'TransferLeadership', 'POST', '/transfer-leadership', 'Hands leadership over', {
    to: NODE_ID,
  }),
  of(
    'Administration',
    'admin.leave',
    'Leave',
    'POST',
    '/leave',
    'Drains this node, removes it from its cluster, and ends it: {nodeId}. The call names the node that it is for: another one refuses it',
    { nodeId: { type: 'integer', about: 'Node that the call is for; a call without it is refused' } },
  ),
];

export const CONTROL_METHOD_BY_NAME: ReadonlyMap<string, ControlMethod> = new Map(CONTROL_METHODS.map((method) => [method.name, method]));
