/**
 * npm run golden -- --list | --check [FAMILY] | --write FAMILY/SET
 *
 * Golden files: what released code wrote, and what came of it. --check compares them with today's code, --list says what is there, --write makes a set of
 * what no file covers yet. A file is never written over. Ends with `N passed, N failed`, counted in sets; exit code 1 if any failed.
 */
import { parseArgs } from 'node:util';
import { checkSet, missingIn, uncovered } from './check.js';
import { FAMILY_NAMES, familyOf } from './families.js';
import { readSets, writeSet } from './files.js';
import { folderSets, writeFolders } from './folders.js';

const USAGE = 'usage: npm run golden -- --list | --check [FAMILY] | --write FAMILY/SET';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function list(): number {
  for (const family of FAMILY_NAMES) {
    const sets = readSets(family).map(({ name, cases }) => `${name} (${cases.length})`);
    say(`${family}: ${sets.length === 0 ? 'none' : sets.join(', ')}`);
  }
  say(`folders: ${folderSets().join(', ')}`);
  return 0;
}

async function check(names: readonly string[]): Promise<number> {
  let [passed, failed] = [0, 0];
  for (const name of names) {
    const family = await familyOf(name);
    const sets = readSets(name);
    for (const set of sets) {
      const problems = await checkSet(family, set.cases);
      for (const problem of problems) say(`${name}/${set.name}: ${problem}`);
      if (problems.length === 0) passed++;
      else failed++;
    }
    const missing = missingIn(family, sets);
    if (missing.length === 0) continue;
    failed++;
    say(`${name}: no golden file has ${missing.join(', ')}: npm run golden -- --write ${name}/NAME`);
  }
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function write(target: string): Promise<number> {
  const [name, set] = target.split('/');
  if (name === undefined || set === undefined || !/^[a-z0-9][a-z0-9.-]*$/.test(set)) throw new Error(USAGE);
  if (name === 'folders') {
    await writeFolders(set);
    say(`folders: ${folderSets().join(', ')}`);
    return 0;
  }
  const family = await familyOf(name);
  const sets = readSets(name);
  const cases = uncovered(family, sets, await family.make());
  if (cases.length === 0)
    throw new Error(`every case of '${name}' is covered by ${sets.map((one) => one.name).join(', ')}: nothing is written`);
  const path = writeSet({ family: name, name: set, cases });
  say(`${path}: ${cases.length} cases`);
  const missing = missingIn(family, readSets(name));
  if (missing.length > 0) say(`no golden file has ${missing.join(', ')} yet: add samples of it to the family, and write another set`);
  return missing.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { list: { type: 'boolean' }, check: { type: 'boolean' }, write: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.list === true) return list();
  if (values.write !== undefined) return write(values.write);
  if (values.check === true) return check(positionals.length === 0 ? FAMILY_NAMES : positionals);
  throw new Error(USAGE);
}

process.exitCode = await main();
