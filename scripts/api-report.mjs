/**
 * The public surface, written down: one report an entry point under docs/api/. Without arguments compares (exit code 1 if the surface differs from the
 * report), with `--write` writes. Reads the declarations in dist/, so build first (`verify` and `fix` do).
 *
 * A report holds every exported symbol with its declaration as a consumer's compiler sees it, without comments and private members, and after them the
 * declarations of this package that those mention but nobody can import by name: a change there changes the surface too.
 * Why not api-extractor: docs/adr/0005-api-report.md.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const write = process.argv.includes('--write');
const ENTRIES = [
  { entry: '.', source: 'lib/index.ts', report: 'docs/api/index.md' },
  { entry: './testing', source: 'lib/testing/index.ts', report: 'docs/api/testing.md' },
];

const printer = ts.createPrinter({ removeComments: true });
const library = join(root, 'dist', 'lib');
const isOurs = (node) => node.getSourceFile().fileName.startsWith(library);

function withoutPrivates(node) {
  if (!ts.isClassDeclaration(node)) return node;
  const members = node.members.filter((member) => {
    if (member.name && ts.isPrivateIdentifier(member.name)) return false;
    return !(ts.canHaveModifiers(member) && ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword));
  });
  return ts.factory.updateClassDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, members);
}

/** The statement to print for a declaration: a variable's is its whole `const` statement. */
const statementOf = (declaration) => (ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration);

function print(declaration) {
  if (ts.isSourceFile(declaration)) return `/* every export of ${relative(library, declaration.fileName)} */`;
  const text = printer.printNode(ts.EmitHint.Unspecified, withoutPrivates(statementOf(declaration)), declaration.getSourceFile());
  return text.replace(/^export default /, '').replace(/^(export )?(declare )?/, '');
}

function report(entryFile, entry) {
  const program = ts.createProgram([entryFile], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const follow = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const entrySymbol = checker.getSymbolAtLocation(program.getSourceFile(entryFile));
  const exported = entrySymbol ? checker.getExportsOfModule(entrySymbol) : [];

  const shown = new Set(exported.map(follow));
  const queue = [];
  const mention = (node) => {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return;
    if (ts.isIdentifier(node) || ts.isImportTypeNode(node)) {
      const found = checker.getSymbolAtLocation(ts.isImportTypeNode(node) ? (node.qualifier ?? node) : node);
      const symbol = found && follow(found);
      const declaration = symbol?.declarations?.[0];
      const named =
        declaration &&
        (ts.isSourceFile(statementOf(declaration).parent ?? declaration) || ts.isModuleBlock(statementOf(declaration).parent));
      if (named && !ts.isImportSpecifier(declaration) && isOurs(declaration) && !shown.has(symbol)) {
        shown.add(symbol);
        queue.push(symbol);
      }
    }
    ts.forEachChild(node, mention);
  };

  const section = (name, symbol) => {
    const declarations = symbol.declarations ?? [];
    if (declarations.length === 0) return `// ${name}: without a declaration`;
    if (!isOurs(declarations[0])) {
      const [, from] = /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(declarations[0].getSourceFile().fileName) ?? [];
      return `// ${name}: from ${from ?? 'the platform'}`;
    }
    declarations.forEach(mention);
    const renamed = symbol.name !== name ? `// as ${name}\n` : '';
    return renamed + [...new Set(declarations.map(print))].join('\n');
  };

  const byName = (left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
  const isTypeOnly = (symbol) => !(follow(symbol).flags & ts.SymbolFlags.Value);
  const sections = [...exported]
    .sort(byName)
    .map(
      (symbol) => `### ${symbol.name}${isTypeOnly(symbol) ? ' (type)' : ''}\n\n\`\`\`ts\n${section(symbol.name, follow(symbol))}\n\`\`\`\n`,
    );
  const hidden = [];
  for (let symbol = queue.shift(); symbol; symbol = queue.shift()) hidden.push([symbol.name, section(symbol.name, symbol)]);
  hidden.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));

  const name = entry === '.' ? '@raftoral/nestjs' : `@raftoral/nestjs/${entry.slice(2)}`;
  const lines = [
    `# The surface of \`${name}\``,
    '',
    'Generated by `npm run fix` from the declarations; do not edit. `npm run verify` fails when it differs.',
    '',
  ];
  lines.push(`## Exported: ${sections.length}`, '', sections.join('\n'));
  if (hidden.length > 0) lines.push('## Mentioned, not exported', '', '```ts', hidden.map(([, text]) => text).join('\n\n'), '```', '');
  return lines.join('\n');
}

let failed = false;
for (const { entry, source, report: target } of ENTRIES) {
  const file = join(root, target);
  if (!existsSync(join(root, source))) {
    if (write) rmSync(file, { force: true });
    else if (existsSync(file)) {
      failed = true;
      process.stderr.write(`${target}: ${source} is gone, its report is not\n`);
    }
    continue;
  }
  const declarations = join(root, 'dist', source.replace(/\.ts$/, '.d.ts'));
  if (!existsSync(declarations)) {
    process.stderr.write(`${relative(root, declarations)} is missing: npm run build\n`);
    process.exit(1);
  }
  const text = report(declarations, entry);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text === before) continue;
  if (write) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    continue;
  }
  failed = true;
  const old = new Set(before.split('\n'));
  const now = new Set(text.split('\n'));
  process.stderr.write(`${target}: the surface of "${entry}" changed (npm run fix writes the report)\n`);
  for (const line of old) if (!now.has(line)) process.stderr.write(`  - ${line}\n`);
  for (const line of now) if (!old.has(line)) process.stderr.write(`  + ${line}\n`);
}
process.exitCode = failed ? 1 : 0;
