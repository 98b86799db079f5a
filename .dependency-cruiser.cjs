/**
 * Import boundaries: the table of the house style, one named rule a row, and the rules that hold for all rows.
 *
 * "types" of a folder: `import type`, which leaves nothing at run time, or a value of its `types.ts` (constants that name a type's members).
 * A wing's pure part also holds what its state machine is made of: state, record, digest, slot, every codec.
 * A port is a file that stands directly in storage/ or transport/, or whose name contains `port`; an adapter stands in a folder below.
 * Specs are exempt from the rows (a spec may reach where it must to prove something), not from "lib never imports test".
 */
const SPEC = '\\.spec\\.ts$';
const any = (...paths) => `^(${paths.join('|')})`;

const ERRORS = 'lib/errors/';
const RAFT_VALUES = 'lib/raft/types\\.ts$';
const PORT_FILES = 'lib/(storage|transport)/[^/]+\\.ts$';
const NAMED_PORTS = 'lib/(workflow|management|cluster|client)/[^/]*port[^/]*\\.ts$';
const CLIENT_PORTS = 'lib/client/[^/]*port[^/]*\\.ts$';
/** Values as they are committed, errors, events, slots: what a call to another node carries, ids that fall into a slot, who runs code. Pure. */
const FORWARDED_FORMS = 'lib/(workflow/(canonical-json|error-record|event|event-codec|slot)|management/placement/(mint|code))\\.ts$';
const CLUSTER_STATUS = 'lib/cluster/status[^/]*\\.ts$';
const WING_PURE = '((state-machine|command|placement|record|digest)[^/]*(/|\\.ts$)|(state|event|slot)\\.ts$|[^/]*codec[^/]*\\.ts$)';
const STORED_ROWS = 'lib/state-machine/(index|rows)\\.ts$';
const CONSTANTS = 'lib/raftoral\\.constants\\.ts$';
const INSTALLED = 'node_modules/';

/** Where @nestjs/* may appear. */
const FACE = any(
  'lib/index\\.ts$',
  'lib/raftoral\\.[^/]*\\.ts$',
  'lib/(decorators|interfaces|health|testing|cli)/',
  'lib/transport/(grpc|http)/',
);

const TYPE_ONLY = { dependencyTypesNot: ['type-only'] };

/** A row: files of `from` may import `may` (values and types) and the types of `types`; `outside` says whether packages and node:* are this rule's matter. */
function row(name, from, { fromNot = [], may = [], types = [], outside = false, comment }) {
  const reach = outside ? {} : { path: '^lib/' };
  const rule = (suffix, to) => ({
    name: `${name}${suffix}`,
    severity: 'error',
    comment,
    from: { path: from, pathNot: [SPEC, ...fromNot] },
    to,
  });
  const rules = [rule('', { ...reach, pathNot: any(...may, ...types) })];
  if (types.length > 0)
    rules.push(rule('-types-only', { path: any(...types), pathNot: may.length > 0 ? any(...may) : undefined, ...TYPE_ONLY }));
  return rules.map((r) => ({ ...r, to: Object.fromEntries(Object.entries(r.to).filter(([, v]) => v !== undefined)) }));
}

module.exports = {
  forbidden: [
    // ── the table ──
    ...row('raft', '^lib/raft/', {
      may: ['lib/raft/'],
      outside: true,
      comment: 'raft/ imports nothing outside its folder, not even node:*.',
    }),
    ...row('errors', '^lib/errors/', { may: [ERRORS], outside: true, comment: 'errors/ imports nothing outside its folder.' }),
    ...row('state-machine', '^lib/state-machine/', {
      may: ['lib/state-machine/', ERRORS, RAFT_VALUES],
      types: ['lib/raft/'],
      outside: true,
      comment: 'state-machine/ may import raft/ types and errors/.',
    }),
    ...['workflow', 'management'].flatMap((wing) =>
      row(`${wing}-pure`, `^lib/${wing}/${WING_PURE}`, {
        may: [`lib/${wing}/${WING_PURE}`, 'lib/state-machine/', ERRORS, RAFT_VALUES],
        types: ['lib/raft/', `lib/${wing}/`],
        outside: true,
        comment: "A wing's command, event, state-machine, placement: each other within the wing, state-machine/, raft/ types, errors/.",
      }),
    ),
    ...row('ports', '^lib/(storage|transport)/[^/]+\\.ts$', {
      may: ['lib/$1/[^/]+\\.ts$', ERRORS, RAFT_VALUES],
      types: ['lib/raft/', STORED_ROWS],
      comment: 'A port may import raft/ types, errors/, and the types of the rows that a state machine is stored in.',
    }),
    ...row('adapters', '^lib/(storage|transport)/([^/]+)/', {
      may: ['lib/$1/[^/]+\\.ts$', 'lib/$1/$2/', 'lib/$1/security/', ERRORS, RAFT_VALUES, CLIENT_PORTS, CONSTANTS],
      types: ['lib/raft/', STORED_ROWS],
      comment:
        'An adapter may import its own port (and the raft/ types the port speaks of), errors/, the libraries it adapts; transports what they share of security; one that serves clients, the port of client/; one on the Nest face, the tokens.',
    }),
    ...row('cluster', '^lib/cluster/', {
      may: ['lib/cluster/', 'lib/raft/', 'lib/state-machine/', PORT_FILES, ERRORS],
      comment: 'cluster/ may import raft/, state-machine/, ports, errors/.',
    }),
    ...['workflow', 'management'].flatMap((wing) =>
      row(`${wing}-runtime`, `^lib/${wing}/`, {
        fromNot: [`^lib/${wing}/${WING_PURE}`],
        // Who is there decides what the cluster manager does; workflows never look (docs/adr/0062).
        may: [
          `lib/${wing}/`,
          'lib/cluster/',
          'lib/state-machine/',
          ERRORS,
          RAFT_VALUES,
          ...(wing === 'management' ? ['lib/membership/'] : []),
        ],
        types: ['lib/raft/'],
        comment:
          "A wing's runtime, context, registry: cluster/, state-machine/, raft/ types, its own wing, errors/; management also membership/.",
      }),
    ),
    {
      name: 'wings-never-meet',
      severity: 'error',
      comment: 'The wings never import each other, types included: slot → cluster is a port in cluster/.',
      from: { path: '^lib/(workflow|management)/', pathNot: SPEC },
      to: { path: '^lib/(workflow|management)/', pathNot: '^lib/$1/' },
    },
    ...row('client', '^lib/client/', {
      may: ['lib/client/', 'lib/transport/[^/]+\\.ts$', NAMED_PORTS, FORWARDED_FORMS, ERRORS, RAFT_VALUES],
      types: ['lib/(workflow|management|cluster|raft|state-machine)/'],
      comment:
        'client/ may import ports of the workflow runtime, of the slot map and of transport, wing types, the pure forms that forwarded calls, minted ids and routes are made of, errors/, rxjs.',
    }),
    ...row('membership', '^lib/membership/', {
      may: ['lib/membership/', 'lib/transport/[^/]+\\.ts$', CLUSTER_STATUS, ERRORS],
      types: ['lib/(workflow|management)/'],
      comment: 'membership/ may import the transport port, cluster/ status, wing types, errors/.',
    }),
    ...row('health-and-metrics', '^lib/(health|metrics)/', {
      may: ['lib/$1/', CLUSTER_STATUS, ERRORS, CONSTANTS],
      types: ['lib/(workflow|management)/', 'lib/cluster/'],
      comment:
        'health/ and metrics/ may import the types of cluster/ (status, Clock, Scheduler) and of the wings, errors/ (and terminus, prom-client).',
    }),
    ...row('decorators-and-interfaces', '^lib/(decorators|interfaces)/', {
      may: ['lib/(decorators|interfaces)/', 'lib/workflow/context', CONSTANTS, ERRORS],
      types: ['lib/(workflow|management|cluster|client|storage|transport|raft|state-machine|membership|health|metrics)/'],
      comment: 'decorators/ and interfaces/ may import raftoral.constants, workflow/context, types, errors/, @nestjs/common.',
    }),
    {
      name: 'decorators-and-interfaces-nest-common-only',
      severity: 'error',
      comment: 'decorators/ and interfaces/ know no Nest package but @nestjs/common.',
      from: { path: '^lib/(decorators|interfaces)/', pathNot: SPEC },
      to: { path: 'node_modules/@nestjs/', pathNot: 'node_modules/@nestjs/common/' },
    },
    {
      name: 'testing',
      severity: 'error',
      comment: 'testing/ may import everything but cli/.',
      from: { path: '^lib/testing/', pathNot: SPEC },
      to: { path: '^lib/cli/' },
    },
    ...row('cli', '^lib/cli/', {
      may: ['lib/cli/', 'lib/index\\.ts$', 'lib/(storage|transport)/', ERRORS],
      comment: 'cli/ may import index.ts and the adapters.',
    }),
    {
      name: 'face',
      severity: 'error',
      comment: 'raftoral.* is imported by index.ts and by itself only.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/index\\.ts$', '^lib/raftoral\\.', '^lib/testing/'] },
      to: { path: '^lib/raftoral\\.', pathNot: any(CONSTANTS) },
    },
    {
      name: 'face-constants',
      severity: 'error',
      comment: 'raftoral.constants is imported by the face only.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/index\\.ts$', FACE] },
      to: { path: any(CONSTANTS) },
    },
    {
      name: 'the-only-door',
      severity: 'error',
      comment: 'index.ts is for the outside: within lib only cli/ and testing/ come in by it.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/(cli|testing)/'] },
      to: { path: '^lib/index\\.ts$' },
    },
    {
      name: 'index',
      severity: 'error',
      comment: 'The main entry point drags in neither testing/ nor cli/.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/(testing|cli)/'] },
      to: { path: '^lib/(testing|cli)/' },
    },

    // ── what holds for all rows ──
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'No import cycle, types included.',
      from: { path: '^(lib|test|sample)/' },
      to: { circular: true },
    },
    {
      name: 'nest-only-on-the-face',
      severity: 'error',
      comment: '@nestjs/* appears only on the face.',
      from: { path: '^lib/', pathNot: [SPEC, FACE] },
      to: { path: '(^|node_modules/)@nestjs/' },
    },
    {
      name: 'async-hooks-only-in-workflow-runtime-and-scheduler',
      severity: 'error',
      comment: 'node:async_hooks only in the workflow runtime and the scheduler: it costs 90 ns a hop.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/workflow/runtime', '^lib/cluster/scheduler'] },
      to: { path: '^(node:)?async_hooks$' },
    },
    {
      name: 'rxjs-only-in-event-bus-client-and-face',
      severity: 'error',
      comment: 'rxjs only in the event bus, client/ and the face.',
      from: { path: '^lib/', pathNot: [SPEC, '^lib/cluster/event-bus', '^lib/client/', FACE] },
      to: { path: '(^|node_modules/)rxjs(/|$)' },
    },
    {
      name: 'libraries-only-in-adapters',
      severity: 'error',
      comment: 'Beyond Nest, rxjs and reflect-metadata, a package is imported by the adapter that adapts it.',
      from: { path: '^lib/', pathNot: [SPEC, FACE, '^lib/(storage|transport)/[^/]+/', '^lib/(health|metrics)/'] },
      to: { path: INSTALLED, pathNot: 'node_modules/(@nestjs|rxjs|reflect-metadata|@types/node)/' },
    },
    {
      name: 'lib-never-imports-test-or-sample',
      severity: 'error',
      comment: 'What is shipped knows nothing of tests and samples.',
      from: { path: '^lib/', pathNot: SPEC },
      to: { path: '^(test|sample|scripts)/' },
    },
    {
      name: 'specs-import-support-only',
      severity: 'error',
      comment: 'A spec beside its file may use what test/support and the conformance driver offer, and nothing else of test/.',
      from: { path: `^lib/.*${SPEC}` },
      to: { path: '^(test|sample|scripts)/', pathNot: '^test/(support|conformance)/' },
    },
    {
      name: 'no-spec-imports',
      severity: 'error',
      comment: 'Nothing imports a spec.',
      from: {},
      to: { path: SPEC },
    },
    {
      name: 'samples-through-the-door',
      severity: 'error',
      comment:
        'A sample uses what a user can use: the package by its name, its own files, the application of the first sample, and the warehouse as the second one has it.',
      from: { path: '^sample/([^/]+)/' },
      to: {
        path: '^(lib|test|sample|scripts)/',
        pathNot: [
          '^sample/$1/',
          '^sample/01-orders/',
          '^sample/02-three-processes/(warehouse-server|remote-warehouse)\\.ts$',
          '^lib/index\\.ts$',
          '^lib/testing/index\\.ts$',
        ],
      },
    },
    {
      name: 'no-dev-dependency-in-lib',
      severity: 'error',
      comment: 'What lib imports is a dependency, a peer or an optional peer, or an installation misses it.',
      from: { path: '^lib/', pathNot: SPEC },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'An import that resolves to nothing.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@raftoral/nestjs' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist'] },
    exclude: { path: ['^test/nest11-host/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};
