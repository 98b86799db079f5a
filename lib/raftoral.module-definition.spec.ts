/** Options: defaults, and what is refused. */
import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from './errors/index.js';
import type { RaftoralModuleOptions } from './interfaces/options.js';
import { DEFAULT_MANAGER_POLICY } from './management/index.js';
import { defaultManagement } from './raftoral.management-options.js';
import { resolveSettings } from './raftoral.module-definition.js';
import { defaultDeployment } from './raftoral.network-options.js';

const GOOD: RaftoralModuleOptions = { node: { id: 1 }, cluster: { members: [3, 1, 2] } };

function problemsOf(options: unknown): readonly string[] {
  try {
    resolveSettings(options as RaftoralModuleOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(RaftoralError);
    expect((error as RaftoralError).code).toBe('INVALID_CONFIGURATION');
    return (error as RaftoralError).details['problems'] as string[];
  }
  return [];
}

describe('options of RaftoralModule', () => {
  it('everything but the node id and the membership has a default', () => {
    const settings = resolveSettings(GOOD);
    expect(settings.members).toEqual([1, 2, 3]);
    expect(settings.raft).toEqual({
      tickMs: 50,
      electionTimeoutTicks: 10,
      heartbeatTimeoutTicks: 1,
      peerDownAfterMs: 600,
      messageBytesMax: 1_048_576,
      inflightMessagesMax: 256,
      snapshotEntriesMax: 10_000,
      compactionKeepEntries: 5_000,
      stateFlushEntriesMax: 5_000,
      stateFlushBytesMax: 8 * 1024 * 1024,
      snapshotBytesPerSecondMax: 64 * 1024 * 1024,
      busyPollMs: 0,
    });
    expect(settings.limits).toEqual({
      payloadBytesMax: 1_048_576,
      openRunsMax: 1_000_000,
      crashSuspectLimit: 3,
      retentionMs: 86_400_000,
      requestRetentionMs: 600_000,
    });
    expect(settings).toMatchObject({
      nodeId: 1,
      requestTimeoutMs: 10_000,
      maxClockSkewMs: 2_000,
      proposals: { queueLengthMax: 10_000, queueBytesMax: 67_108_864 },
      runs: { residentRunsMax: 10_000, residentBytesMax: 64 * 1024 * 1024 },
      events: { subscriberBufferMax: 1_024 },
      storage: { type: 'memory' },
      buildId: null,
      network: null,
    });
  });

  it('the default deployment is the same on every first member, in whatever order the list stands', () => {
    const other = resolveSettings({ node: { id: 2 }, cluster: { members: [2, 3, 1] } });
    expect(other.deployment).toBe(resolveSettings(GOOD).deployment);
    expect(other.deployment).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(defaultDeployment([1, 2])).not.toBe(other.deployment);
  });

  it.each([
    ['node.id', { node: { id: 0 } }],
    ['node.id', { node: { id: 1.5 } }],
    ['node.id', { node: { id: '1' } }],
    ['node.id', { node: { id: 2 ** 31 } }],
    ['node:', { node: undefined }],
    ['node.name', { node: { id: 1, name: 'x' } }],
    ['cluster:', { cluster: undefined }],
    ['cluster.members', { cluster: {} }],
    ['cluster.members', { cluster: { members: [] } }],
    ['cluster.members', { cluster: { members: [1, 2, 3, 4, 5, 6, 7, 8] } }],
    ['cluster.members', { cluster: { members: [1, 1, 2] } }],
    ['cluster.members', { cluster: { members: [2, 3] } }],
    ['cluster.members', { cluster: { members: [1], join: true }, deployment: defaultDeployment([1]) }],
    ['cluster.join', { cluster: { members: [1], join: 'yes' } }],
    ['deployment', { cluster: { join: true } }],
    ['deployment', { deployment: 'mine' }],
    ['network', { network: 'tcp' }],
    ['storage.type', { storage: { type: 'floppy' } }],
    ['storage.path', { storage: { type: 'sqlite' } }],
    ['storage.path', { storage: { type: 'sqlite', path: '' } }],
    ['storage.path', { storage: { type: 'memory', path: './data' } }],
    ['storage.rejoinEmpty', { storage: { type: 'sqlite', path: './data', rejoinEmpty: 'yes' } }],
    ['storage.rejoinEmpty', { storage: { type: 'sqlite', path: './data', rejoinEmpty: true } }],
    ['storage.file', { storage: { type: 'sqlite', path: './data', file: 'log.db' } }],
    ['buildId', { buildId: '' }],
    ['raft.tickMs', { raft: { tickMs: 0 } }],
    ['raft.ticksMs', { raft: { ticksMs: 50 } }],
    ['raft.heartbeatTimeoutTicks', { raft: { electionTimeoutTicks: 5, heartbeatTimeoutTicks: 5 } }],
    ['raft:', { raft: 5 }],
    ['proposals.queueLengthMax', { proposals: { queueLengthMax: -1 } }],
    ['requestTimeoutMs', { requestTimeoutMs: Number.NaN }],
    ['limits.payloadBytesMax', { limits: { payloadBytesMax: 1 } }],
    ['limits.retention', { limits: { retention: 5 } }],
    ['runs.residentRunsMax', { runs: { residentRunsMax: 0 } }],
    ['runs.residentBytesMax', { runs: { residentBytesMax: 1023 } }],
    ['events.subscriberBufferMax', { events: { subscriberBufferMax: 0 } }],
    ['shutdown.drainTimeoutMs', { shutdown: { drainTimeoutMs: -1 } }],
    ['health.loopDelayMsMax', { health: { loopDelayMsMax: 0 } }],
    ['maxClockSkewMs', { maxClockSkewMs: '2s' }],
    ['clustre', { clustre: {} }],
  ])('a wrong %s is refused by name', (name, change) => {
    const problems = problemsOf({ ...GOOD, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name.replace('.', '\\.')}`));
  });

  it('one error lists everything that is wrong', () => {
    expect(problemsOf({ node: { id: -1 }, cluster: {}, raft: { tickMs: 'fast' }, colour: 'red' })).toEqual([
      expect.stringMatching(/^colour: there is no such option/),
      expect.stringMatching(/^node\.id: /),
      expect.stringMatching(/^cluster\.members: /),
      expect.stringMatching(/^raft\.tickMs: .*got "fast"/),
    ]);
    expect(problemsOf(undefined)).toEqual([expect.stringMatching(/^options: /)]);
  });
});

describe('options of the network', () => {
  const GRPC = { type: 'grpc', listen: '127.0.0.1:7000' } as const;
  const JOINS = { cluster: { seeds: ['10.0.0.1:7000'] }, transport: GRPC } as const;

  it('a node that joins needs neither id nor deployment', () => {
    const settings = resolveSettings(JOINS);
    expect(settings).toMatchObject({
      nodeId: 0,
      members: [],
      deployment: '',
      transport: { type: 'grpc', advertise: null, reflection: false },
    });
    expect(settings.cluster).toMatchObject({
      isStatic: false,
      seeds: ['10.0.0.1:7000'],
      bootstrap: false,
      bootstrapExpect: 0,
      votersMax: 7,
    });
  });

  it.each([
    ['cluster.seeds', { cluster: { seeds: [] } }],
    ['cluster.seeds', { cluster: { bootstrapExpect: 3 } }],
    ['cluster.seeds', { cluster: { seeds: ['nonsense'] } }],
    ['cluster.seeds', { cluster: { seeds: ['a:0'] } }],
    ['cluster.seeds', { node: { id: 1 }, cluster: { members: [1, 2] } }],
    ['cluster.bootstrapExpect', { cluster: { seeds: ['a:1'], bootstrapExpect: 8 } }],
    ['cluster.bootstrapExpect', { cluster: { seeds: ['a:1'], bootstrapExpect: 3, bootstrap: true } }],
    ['cluster.bootstrap', { node: { id: 1 }, cluster: { members: [1], bootstrap: true } }],
    ['cluster.replaces', { cluster: { seeds: ['a:1'], replaces: 0 } }],
    ['cluster.votersMax', { cluster: { seeds: ['a:1'], votersMax: 9 } }],
    ['node.id', { node: { id: 3 } }],
    ['transport.type', { transport: { type: 'pigeon' } }],
    ['transport.listen', { transport: { type: 'grpc' } }],
    ['transport.listen', { transport: { type: 'grpc', listen: '0.0.0.0:7000', advertise: 'a:7000' } }],
    ['transport.advertise', { transport: { type: 'http' }, security: { insecure: true } }],
    ['transport.path', { transport: { ...GRPC, path: '/x' } }],
    ['transport.reflection', { transport: { ...GRPC, reflection: 'yes' } }],
    ['transport.cors', { transport: { type: 'http', listen: '127.0.0.1:1', cors: ['*'] } }],
    ['security.peerSecret', { security: { peerSecret: 5 } }],
    ['security.tls.key', { security: { tls: { cert: 'c.pem', ca: 'a.pem' } } }],
    ['security.password', { security: { password: 'x' } }],
    ['network', { network: { createTransport: () => ({}) as never } }],
  ])('a wrong %s is refused by name', (name, change) => {
    const problems = problemsOf({ ...JOINS, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')}`));
  });

  it('what may be a secret is not shown', () => {
    expect(problemsOf({ ...JOINS, security: { peerSecret: { text: 'hush-hush' } } }).join()).not.toContain('hush');
  });
});

describe('options of the management cluster', () => {
  it('absent asks for nothing, an empty one for two layers with the defaults, which a node that is given none has too', () => {
    expect(resolveSettings(GOOD).management).toBeNull();
    const settings = resolveSettings({ ...GOOD, management: {} }).management!;
    expect(settings).toEqual(defaultManagement());
    expect(settings).toMatchObject({ role: 'full', zone: '', labels: [], capacity: 64, roundEveryMs: 1_000 });
    expect(settings.policy).toEqual(DEFAULT_MANAGER_POLICY);
  });

  it('what is given is what the cluster manager aims for, and what the node says of itself', () => {
    const management = {
      voters: 5,
      pinned: [7, 2],
      targetSize: 1,
      zone: 'b',
      labels: { rack: '4', disk: 'nvme' },
      role: 'voter-only',
    } as const;
    const settings = resolveSettings({ ...GOOD, management: { ...management, capacity: 3, nodeDownAfterMs: 500 } }).management!;
    const labels = [
      { name: 'disk', value: 'nvme' },
      { name: 'rack', value: '4' },
    ];
    expect(settings).toMatchObject({ zone: 'b', labels, role: 'voter-only', capacity: 3 });
    expect(settings.policy).toEqual({
      ...DEFAULT_MANAGER_POLICY,
      managementVoters: 5,
      managementPinned: [2, 7],
      targetSize: 1,
      nodeDownAfterMs: 500,
    });
  });

  it.each([
    ['management', true],
    ['management.voters', { voters: 2 }],
    ['management.pinned', { pinned: [1, 1] }],
    ['management.pinned', { pinned: [0] }],
    ['management.role', { role: 'boss' }],
    ['management.zone', { zone: 5 }],
    ['management.labels', { labels: { rack: 4 } }],
    ['management.labels', { labels: ['rack'] }],
    ['management.capacity', { capacity: -1 }],
    ['management.targetSize', { targetSize: 8 }],
    ['management.mergeBelow', { mergeBelow: 1 }],
  ])('a wrong %s is refused by name: %j', (name, management) => {
    const problems = problemsOf({ ...GOOD, management });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')}:`));
  });

  it('placement: round-robin, or a policy; what is none is refused, also with a field that no policy has', () => {
    expect(resolveSettings(GOOD).placement).toBe('round-robin');
    for (const placement of ['round-robin', 'least-loaded', 'local-first', { labels: { tier: 'fast' } }] as const)
      expect(resolveSettings({ ...GOOD, placement }).placement).toEqual(placement);
    for (const placement of ['random', null, {}, { labels: ['tier'] }, { labels: { tier: 1 } }, { labels: {}, zone: 'a' }])
      expect(problemsOf({ ...GOOD, placement })).toEqual([expect.stringMatching(/^placement: expected one of round-robin, /)]);
  });

  it('a client joins by seeds, and by nothing else', () => {
    const management = { role: 'client' } as const;
    const transport = { type: 'grpc', listen: '127.0.0.1:0' } as const;
    expect(resolveSettings({ cluster: { seeds: ['a:1'] }, transport, management }).management?.role).toBe('client');
    for (const cluster of [{ bootstrap: true }, { bootstrapExpect: 3, seeds: ['a:1'] }, { seeds: ['a:1'], replaces: 2 }])
      expect(problemsOf({ cluster, transport, management })).toEqual([expect.stringMatching(/^management\.role: a client is a member/)]);
    expect(problemsOf({ ...GOOD, management })).toEqual([expect.stringMatching(/^management\.role: /)]);
  });
});
