/**
 * The tidy rules: what the house asks for and no linter knows. Pure: files in, sentences out; an empty list is a tidy repository.
 * T1. Every file of lib/ opens with a header comment.   T2. No file of lib/ grows beyond LINES_MAX; the exceptions only shrink.
 * T3. No word of BANNED.   T4. Pure folders name no clock, timer or chance.   T5. Every error code and metric is documented, every sample listed.
 * T6. A rule that is switched off says why; no test runs alone or is left out (unless its name begins with `not run: ` and says what is missing).   T7. The lock file names no host.
 * T8. A spec that a comment of lib/ names exists.
 */
import type { TextFile } from './repository.js';

export const LINES_MAX = 500;

/** Lines of a file by path: the exceptions to LINES_MAX. */
export type Sizes = Readonly<Record<string, number>>;

const isSpec = ({ path }: TextFile): boolean => path.endsWith('.spec.ts');
const isLibrary = (file: TextFile): boolean => file.path.startsWith('lib/') && file.path.endsWith('.ts') && !isSpec(file);
const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** T1. The header says what the file is, in more than a name. */
export function missingHeaders(files: readonly TextFile[]): string[] {
  return files
    .filter(isLibrary)
    .filter(({ text }) => {
      const header = /^(?:#![^\n]*\n)?\/\*\*([\s\S]*?)\*\//.exec(text);
      return !header || header[1]!.replace(/[\s*]+/g, ' ').trim().length < 20;
    })
    .map(({ path }) => `${path}: must open with a header comment (/** what it is, what it owns, its invariants, its source */)`);
}

/** T2. */
export function oversize(files: readonly TextFile[], exceptions: Sizes): string[] {
  const library = new Map(files.filter(isLibrary).map(({ path, text }) => [path, lineCount(text)]));
  const found: string[] = [];
  for (const [path, lines] of library) {
    const most = exceptions[path] ?? LINES_MAX;
    if (lines > most) found.push(`${path}: ${lines} lines, at most ${most}: split it`);
  }
  for (const [path, most] of Object.entries(exceptions)) {
    const lines = library.get(path) ?? 0;
    if (lines < most)
      found.push(`${path}: has ${lines} lines, test/tidy/sizes.json allows ${most}: sizes only shrink (npm run fix lowers it)`);
  }
  return found;
}

/** The exceptions after what shrank: lowered to the present size, dropped where none is needed; never raised. */
export function shrunk(files: readonly TextFile[], exceptions: Sizes): Sizes {
  const library = new Map(files.filter(isLibrary).map(({ path, text }) => [path, lineCount(text)]));
  return Object.fromEntries(
    Object.entries(exceptions)
      .map(([path, most]) => [path, Math.min(most, library.get(path) ?? 0)] as const)
      .filter(([, most]) => most > LINES_MAX),
  );
}

const BANNED: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /(?<![\w.~-])\/(?:work|root|home\/\w+|Users\/\w+)\//g, why: 'a path of one machine' },
  {
    pattern: /https?:\/\/(?!docs\.|www\.)[^\s/'"`)]*(?:registry|npm|artifactory|verdaccio|mirror)[^\s/'"`)]*/gi,
    why: 'the host of a registry',
  },
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g, why: 'do it, or say in docs/SCOPE.md that it is not done' },
  { pattern: /\b(?:this|previous|last|next|earlier|another) (?:coding )?session\b/gi, why: 'how it came about is not part of what it is' },
  {
    pattern: /\b(?:sub-?agents?|co-authored-by:|as an ai\b)|\bgenerated (?:with|by) (?:an? )?(?:ai|assistant|model)\b/gi,
    why: 'how it came about is not part of what it is',
  },
  { pattern: /\b(?:issue|fixes|closes|resolves) #\d+/gi, why: 'a number means nothing to a reader: say the reason' },
  { pattern: /(?:BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY|\b(?:ghp|npm)_[A-Za-z0-9]{30,})/g, why: 'a credential' },
];

/** T3. The rules and their spec must name what they look for. */
export function bannedWords(files: readonly TextFile[]): string[] {
  return files
    .filter(({ path }) => !path.startsWith('test/tidy/') && path !== 'package-lock.json')
    .flatMap(({ path, text }) =>
      BANNED.flatMap(({ pattern, why }) =>
        [...text.matchAll(pattern)].map((hit) => `${path}:${lineAt(text, hit.index)}: "${hit[0].trim()}": ${why}`),
      ),
    );
}

const PURE =
  /^lib\/(?:raft|state-machine|membership\/swim)\/|^lib\/(?:workflow|management)\/(?:(?:state-machine|command|placement|record|digest)[^/]*(?:\/|\.ts$)|(?:state|event|slot)\.ts$|[^/]*codec)/;
const CLOCKS =
  /\b(?:Date\.now|new Date\(\s*\)|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|process\.\w+|hrtime)\b|new Date\(\s*\)/g;

/** Comments blanked, line breaks kept. Strings that hold comment marks are rare enough in pure code. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));

/** T4. The linter's rule can be switched off by a comment; this one can't. */
export function clocksInPureFolders(files: readonly TextFile[]): string[] {
  return files
    .filter((file) => isLibrary(file) && PURE.test(file.path))
    .flatMap(({ path, text }) => {
      const code = withoutComments(text);
      return [...code.matchAll(CLOCKS)].map((hit) => `${path}:${lineAt(code, hit.index)}: ${hit[0]}: time and chance come in as data`);
    });
}

const textOf = (files: readonly TextFile[], path: string): string => files.find((file) => file.path === path)?.text ?? '';

/** T5. */
export function undocumentedMetrics(files: readonly TextFile[]): string[] {
  const operations = textOf(files, 'docs/OPERATIONS.md');
  const names = new Map<string, string>();
  for (const { path, text } of files.filter((file) => isLibrary(file) && file.path.startsWith('lib/metrics/'))) {
    for (const [, name] of text.matchAll(/['"`](raftoral_[a-z0-9_]*[a-z0-9])['"`]/g)) names.set(name!, path);
  }
  return [...names]
    .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(operations))
    .map(([name, path]) => `${path}: metric ${name} is not in docs/OPERATIONS.md`);
}

/** T5. */
export function unlistedSamples(files: readonly TextFile[]): string[] {
  const readme = textOf(files, 'README.md');
  const samples = new Set(files.map(({ path }) => /^sample\/([^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined));
  return [...samples].filter((name) => !readme.includes(`sample/${name}`)).map((name) => `sample/${name}: not listed in README.md`);
}

/** T5. `expected` is what the generator writes now; undefined while there is no table of codes. */
export function staleErrorsPage(files: readonly TextFile[], expected: string | undefined): string[] {
  const page = files.find(({ path }) => path === 'docs/ERRORS.md')?.text;
  if (expected === undefined) return page === undefined ? [] : ['docs/ERRORS.md: documents codes, lib/errors/codes.ts has none'];
  return page === expected ? [] : ['docs/ERRORS.md: differs from lib/errors/codes.ts (npm run fix writes it)'];
}

/** T6. */
export function silencedRules(files: readonly TextFile[]): string[] {
  const code = files.filter(({ path }) => /^(lib|test|sample|scripts)\/.*\.(ts|mjs|js)$/.test(path) && !path.startsWith('test/tidy/'));
  return code.flatMap(({ path, text }) => {
    const bare = [...text.matchAll(/eslint-disable(?!.* -- \S)[^\n]*/g)].map(
      (hit) => `${path}:${lineAt(text, hit.index)}: a rule switched off says why: "-- reason"`,
    );
    const alone = path.endsWith('.spec.ts')
      ? [
          ...text.matchAll(/\b(?:it|test|describe)\.(?:only|todo|skip(?!\([`'\"]not run: ))\b|\b(?:fit|fdescribe|xit|xdescribe|xtest)\(/g),
        ].map((hit) => `${path}:${lineAt(text, hit.index)}: ${hit[0]}: no test is left out or run alone`)
      : [];
    return [...bare, ...alone];
  });
}

/** T7. */
export function hostsInLockFile(files: readonly TextFile[]): string[] {
  const lock = textOf(files, 'package-lock.json');
  const hits = [...lock.matchAll(/"resolved": "(?!git\+)[a-z+]+:\/\/[^"]*"/g)];
  return hits.length === 0
    ? []
    : [`package-lock.json: ${hits.length} entries name a registry host (omit-lockfile-registry-resolved in .npmrc, then npm install)`];
}

/** T8. Named by its path, or by its name alone: then it stands beside the file or under test/. */
export function missingSpecs(files: readonly TextFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const names = new Set([...paths].map((path) => path.slice(path.lastIndexOf('/') + 1)));
  const exists = (from: string, spec: string): boolean => {
    if (!spec.includes('/')) return names.has(spec);
    const folder = from.slice(0, from.lastIndexOf('/'));
    return [spec, ...(spec.startsWith('.') ? [new URL(spec, `file:///${folder}/`).pathname.slice(1)] : [])].some((path) => paths.has(path));
  };
  return files
    .filter(isLibrary)
    .flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![\w*{])[\w./-]+\.spec\.ts\b/g)]
        .filter(([spec]) => !exists(path, spec))
        .map((hit) => `${path}:${lineAt(text, hit.index)}: ${hit[0]} does not exist: write it, or name the spec that covers this`),
    );
}
