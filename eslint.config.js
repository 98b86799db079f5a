/**
 * Lint. What TypeScript's compiler does not see: promises nobody awaits, and clocks, timers and chance where the engine must not have them.
 *
 * Zones of determinism (docs/DETERMINISM.md). Each is a superset of the one below it:
 *   pure    no clock, timer, chance, process, microtask, await: all of it comes in as data.
 *   engine  the same of clock, timer, chance and process, but it may await: everything in lib/ but the adapters.
 *   seeded  no Math.random in tests: a run is replayed from its seed.
 * Not enabled on purpose: `consistent-type-imports`. Its fix turns an injected class into a type import, and injection breaks.
 */
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts'];

/** The outermost ring: here, and only here, the engine meets the machine. */
const ADAPTERS = [
  'lib/cluster/clock.ts',
  'lib/cluster/scheduler.ts',
  'lib/cluster/random.ts',
  'lib/workflow/rejection-trap.ts',
  'lib/storage/{typeorm,sqlite,file}/**/*.ts',
  'lib/transport/{grpc,http}/**/*.ts',
  'lib/cli/**/*.ts',
];

/** A wing's state machine and what it is made of; the same files as in .dependency-cruiser.cjs. */
const PURE = [
  'lib/raft/**/*.ts',
  'lib/state-machine/**/*.ts',
  'lib/membership/swim/**/*.ts',
  'lib/{workflow,management}/{state-machine,command,placement,record,digest}*.ts',
  'lib/{workflow,management}/{state-machine,command,placement,record,digest}*/**/*.ts',
  'lib/{workflow,management}/{state,event,slot}.ts',
  'lib/{workflow,management}/*codec*.ts',
];

/** Of these, what reads rows: it waits for the disk, and nothing that apply decides waits for it. */
const READS_ROWS = ['lib/workflow/state-machine/{stored-runs,images}.ts'];

const TIMED = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'process', 'crypto'];
const WHY = 'The engine gets clock, scheduler and random injected (Clock, Scheduler, Random).';

const globals = (names) => ['error', ...names.map((name) => ({ name, message: WHY }))];

const properties = [
  'error',
  { object: 'Date', property: 'now', message: WHY },
  { object: 'Math', property: 'random', message: WHY },
  ...TIMED.flatMap((property) => ['globalThis', 'global'].map((object) => ({ object, property, message: WHY }))),
];

const imports = [
  'error',
  {
    paths: [
      ...['timers', 'timers/promises', 'perf_hooks', 'process'].flatMap((name) => [
        { name, message: WHY },
        { name: `node:${name}`, message: WHY },
      ]),
      ...['crypto', 'node:crypto'].map((name) => ({
        name,
        importNames: ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues', 'webcrypto'],
        message: WHY,
      })),
    ],
  },
];

const EVERYWHERE = [
  { selector: 'ExportAllDeclaration', message: 'Named exports only: the surface of a module is a list that one can read.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'TSEnumDeclaration[const=true]', message: 'A const enum does not survive isolatedModules; use a plain const object.' },
];

/** A CommonJS host requires this package, and its Jest compiles it to CommonJS: what exists in ES modules only fails there. */
const SHIPPED = [
  {
    selector: 'MetaProperty[meta.name="import"]',
    message: "import.meta does not exist where a CommonJS host's Jest compiles this package.",
  },
  {
    selector:
      'Program > ExpressionStatement > AwaitExpression, Program > VariableDeclaration > VariableDeclarator > AwaitExpression, Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > AwaitExpression, Program > ForOfStatement[await=true]',
    message: 'A module with a top-level await can not be required by a CommonJS host.',
  },
];

const CLOCK = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date() reads the clock. ${WHY}` },
  { selector: "CallExpression[callee.name='Date']", message: `Date() reads the clock. ${WHY}` },
];

const AWAITS = [
  { selector: 'AwaitExpression', message: 'A pure folder awaits nothing.' },
  { selector: 'ForOfStatement[await=true]', message: 'A pure folder awaits nothing.' },
  { selector: ':function[async=true]', message: 'A pure folder has no async function.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'data/', 'test/nest11-host/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...EVERYWHERE],
      'no-self-compare': 'error',
      'no-unmodified-loop-condition': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['lib/**/*.ts'],
    ignores: SPECS,
    rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...SHIPPED] },
  },
  {
    files: ['lib/**/*.ts'],
    ignores: [...ADAPTERS, ...SPECS],
    rules: {
      'no-restricted-globals': globals(TIMED),
      'no-restricted-properties': properties,
      'no-restricted-imports': imports,
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...SHIPPED, ...CLOCK],
    },
  },
  {
    files: PURE,
    ignores: SPECS,
    rules: {
      'no-restricted-globals': globals([...TIMED, 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask', 'fetch', 'console']),
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...SHIPPED, ...CLOCK, ...AWAITS],
    },
  },
  {
    files: READS_ROWS,
    rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...SHIPPED, ...CLOCK] },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'A test is replayed from its seed: draw from a seeded Random.' },
      ],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['lib/cli/**/*.ts', 'sample/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    rules: { 'no-undef': 'off', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }], 'prefer-const': 'error' },
  },
);
