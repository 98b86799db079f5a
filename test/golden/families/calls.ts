/**
 * Bodies of the calls between nodes, one of each in every form that it takes: what is asked, what is answered, and what either side makes of it.
 *
 * B1. A side of today is given what the other side said when it was released, and does the same; and it says itself what was said then.
 * B2. What it says besides, in a field that was not there, is a new form: it needs a case of its own.
 * B3. Words for people (a reason, a message) may be said otherwise.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { forwardingScripts } from '../calls/forwarding.js';
import { groupScripts, workflowMethods } from '../calls/group.js';
import { joiningMethods, joiningScripts } from '../calls/joining.js';
import { managementScripts } from '../calls/management.js';
import { moveScripts } from '../calls/moves.js';
import type { CallScript, Reply } from '../calls/script.js';
import type { Family, GoldenCase } from '../family.js';
import { differenceOf, plain, type Plain, type PlainObject } from '../plain.js';

const SCRIPTS: readonly CallScript[] = [...joiningScripts, ...groupScripts, ...managementScripts, ...forwardingScripts, ...moveScripts];
const WORDS = ['message', 'progress', 'reason'];
/** Names of methods, as the code writes them. */
const METHOD_CONSTANT = /^(?:export )?const [A-Z_]+ = '([a-z]+\.[a-z-]+)';$/gm;
const SOURCES = ['lib/client', 'lib/cluster', 'lib/cluster/joining', 'lib/management', 'lib/workflow', 'lib/workflow/slot-move'];

/** As JSON, or as the text that it is; no body is null. */
function bodyOf(text: string): Plain {
  if (text === '') return null;
  return /^[[{]/.test(text) ? (JSON.parse(text) as Plain) : text;
}

function textOf(body: Plain): string {
  return body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
}

interface Played {
  readonly request: Plain;
  readonly made: Plain;
}

/** The asking side, against this answer. */
async function asked(script: CallScript, answer: (request: string) => Promise<Reply>): Promise<Played> {
  let request: Plain | undefined;
  const made = await script.ask((text) => {
    request = bodyOf(text);
    return answer(text);
  });
  if (request === undefined) throw new Error('it asked nothing');
  return { request, made: plain(made) };
}

async function made(script: CallScript): Promise<GoldenCase> {
  let served: Awaited<ReturnType<CallScript['serve']>> | null = null;
  const { request, made: understood } = await asked(script, async (text) => (served = await script.serve(text)).reply);
  const { reply, did } = served! as Awaited<ReturnType<CallScript['serve']>>;
  return { name: script.name, method: script.method, request, ok: reply.ok, answer: bodyOf(reply.text), understood, did: plain(did) };
}

async function problemsOf({ name, request, ok, answer, understood, did }: GoldenCase): Promise<string[]> {
  const script = SCRIPTS.find((one) => one.name === name);
  if (script === undefined) return ['the case is gone from test/golden/calls'];
  try {
    const reply = { ok: ok as boolean, text: textOf(answer!) };
    const asker = await asked(script, async () => reply);
    const answerer = await script.serve(textOf(request!));
    const pairs: ReadonlyArray<readonly [string, Plain, Plain]> = [
      ['request', request!, kept(request!, asker.request)],
      ['understood', understood!, asker.made],
      ['answer', answer!, kept(answer!, bodyOf(answerer.reply.text))],
      ['ok', ok!, answerer.reply.ok],
      ['did', did!, plain(answerer.did)],
    ];
    return pairs.flatMap(([what, released, now]) => differenceOf(released, now, what) ?? []).slice(0, 1);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What is said now, without the fields that are new (B2), and with the words as they were (B3). The details of an error are for programs. */
function kept(released: Plain, now: Plain, isForPeople = true): Plain {
  if (!isFields(released) || !isFields(now)) return now;
  const fields = Object.entries(now).filter(([name]) => Object.hasOwn(released, name));
  return Object.fromEntries(
    fields.map(([name, value]) => {
      const was = released[name]!;
      const isWords = isForPeople && WORDS.includes(name) && typeof was === 'string' && typeof value === 'string';
      return [name, isWords ? was : kept(was, value, isForPeople && name !== 'details')];
    }),
  );
}

function isFields(value: Plain): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Places of all fields, those of objects in lists too. */
function* placesIn(value: Plain, at: string): Generator<string> {
  yield at;
  if (Array.isArray(value)) for (const item of value as readonly Plain[]) yield* placesIn(item, `${at}[]`);
  else if (isFields(value)) for (const [name, item] of Object.entries(value)) yield* placesIn(item, `${at}.${name}`);
}

function labels({ name, method, request, answer, ok }: GoldenCase): string[] {
  const of = (what: string, body: Plain): string[] => [...placesIn(body, `${String(method)} ${what}`)];
  return [name, String(method), ...new Set([...of('request', request!), ...of(ok === true ? 'answer' : 'refusal', answer!)])];
}

/** Read from the sources, and from what registers itself. */
async function methods(): Promise<readonly string[]> {
  const found = SOURCES.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(METHOD_CONSTANT)].map((match) => match[1]!)),
  );
  return [...new Set([...found, ...(await joiningMethods()), ...workflowMethods()])];
}

/** Made once: what there is today. */
const TODAY = await Promise.all(SCRIPTS.map(made));
const METHODS = await methods();

export const family: Family = {
  name: 'calls',
  remedy:
    'Nodes of released builds ask and answer so while a cluster is upgraded: a released field is never renamed, removed or given another meaning, a new one is optional for whoever reads it, and what can not be said so is a new method.',
  make: () => TODAY,
  check: problemsOf,
  labels,
  needed: () => [...METHODS, ...TODAY.flatMap(labels)],
};
