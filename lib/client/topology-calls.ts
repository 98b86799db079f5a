/**
 * The calls of the control API about the topology: request → administration → answer. What ControlService does around each call, it does around these.
 *
 * C1. A change answers the topology version that the asked node has by then, beside what it made.
 * Tests: control-service.spec.ts.
 */
import type { Json, JsonObject } from './control-port.js';
import type { ControlRequest } from './control-request.js';
import type { DecidedOn, TopologyAdministration } from './topology-administration-port.js';

export type TopologyHandler = (request: ControlRequest) => Promise<JsonObject>;

export function topologyHandlers(topology: () => TopologyAdministration): ReadonlyArray<readonly [string, TopologyHandler]> {
  const version = (): JsonObject => ({ version: topology().report().version });
  const change = (name: string, act: (request: ControlRequest) => Promise<void>): readonly [string, TopologyHandler] => [
    name,
    async (request) => {
      await act(request);
      return version();
    },
  ];
  return [
    ['cluster.list', async () => topology().report() as unknown as JsonObject],
    ['cluster.plan', async () => (await topology().plan()) as unknown as JsonObject],
    [
      'cluster.create',
      async (request) => {
        const members = request.json('members') as readonly number[] | undefined;
        const clusterId = await topology().createCluster({
          ...(members === undefined ? {} : { members }),
          ...request.pick('targetSize'),
          ...metadataOf(request),
          ...decidedOn(request),
        });
        return { clusterId, ...version() };
      },
    ],
    change('cluster.retire', (request) =>
      topology().retireCluster({ clusterId: idOf(request, 'clusterId'), isUndone: request.json('undo') === true, ...decidedOn(request) }),
    ),
    change('cluster.destroy', (request) => topology().destroyCluster({ clusterId: idOf(request, 'clusterId'), ...decidedOn(request) })),
    change('cluster.associate', (request) =>
      topology().associate({ ...memberOf(request), ...request.pick('replaces'), ...decidedOn(request) }),
    ),
    change('cluster.disassociate', (request) => topology().disassociate({ ...memberOf(request), ...decidedOn(request) })),
    change('cluster.metadata', (request) =>
      topology().setMetadata({
        clusterId: idOf(request, 'clusterId'),
        ...metadataOf(request),
        ...request.pick('targetSize'),
        ...decidedOn(request),
      }),
    ),
    change('cluster.abortMove', (request) => topology().abortMove({ moveId: idOf(request, 'moveId') })),
    change('node.drain', (request) =>
      topology().drainNode({ nodeId: idOf(request, 'nodeId'), isUndone: request.json('undo') === true, ...decidedOn(request) }),
    ),
    change('node.remove', (request) => topology().removeNode({ nodeId: idOf(request, 'nodeId'), ...decidedOn(request) })),
  ];
}

function idOf(request: ControlRequest, field: string): number {
  const id = request.requiredInteger(field);
  if (id < 1) throw request.refuse(field, 'an id: a whole number of 1 or more');
  return id;
}

function memberOf(request: ControlRequest): { readonly clusterId: number; readonly nodeId: number } {
  return { clusterId: idOf(request, 'clusterId'), nodeId: idOf(request, 'nodeId') };
}

function decidedOn(request: ControlRequest): DecidedOn {
  const version = request.integer('decidedOn');
  if (version === undefined) return {};
  if (version < 0) throw request.refuse('decidedOn', 'a topology version: a whole number of 0 or more');
  return { decidedOn: version };
}

function metadataOf(request: ControlRequest): { readonly metadata?: Readonly<Record<string, string>> } {
  const metadata = request.json('metadata');
  if (metadata === undefined) return {};
  if (!isTexts(metadata)) throw request.refuse('metadata', 'an object whose values are texts');
  return { metadata };
}

function isTexts(value: Json): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}
