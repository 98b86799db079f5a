/**
 * Values as JSON that people can read and compare: bytes are {"hex": …}, maps are lists of pairs, what is undefined is absent.
 */
import { isRaftoralError } from '../../lib/errors/index.js';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [field: string]: Plain };
export type PlainObject = { readonly [field: string]: Plain };

export function plain(value: unknown): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${value} has no form in JSON`);
    return value + 0;
  }
  if (value instanceof Uint8Array) return { hex: hexOf(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, item]) => [plain(key), plain(item)]);
  if (typeof value !== 'object') throw new Error(`a ${typeof value} has no form in JSON`);
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(fields.map(([name, item]) => [name, plain(item)]));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** A copy that stands alone, as if it had come from a disk or a network. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Where two values differ first, and how; null: nowhere. The order of fields does not count. */
export function differenceOf(released: Plain, now: Plain, path = ''): string | null {
  if (released === now) return null;
  if (!isObject(released) || !isObject(now) || Array.isArray(released) !== Array.isArray(now)) {
    return `${path === '' ? 'it' : path} was ${short(released)} and is ${short(now)}`;
  }
  const names = [...new Set([...Object.keys(released), ...Object.keys(now)])];
  for (const name of names) {
    const at = path === '' ? name : `${path}.${name}`;
    const [before, after] = [fieldOf(released, name), fieldOf(now, name)];
    if (before === undefined) return `${at} is new: ${short(after!)}`;
    if (after === undefined) return `${at} is gone; it was ${short(before)}`;
    const found = differenceOf(before, after, at);
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: Plain): value is PlainObject | readonly Plain[] {
  return typeof value === 'object' && value !== null;
}

function fieldOf(value: PlainObject | readonly Plain[], name: string): Plain | undefined {
  return Object.hasOwn(value, name) ? (value as PlainObject)[name] : undefined;
}

function short(value: Plain): string {
  const text = JSON.stringify(value);
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}

/** What `act` gives, or the code that it is refused with. Anything else that is thrown is thrown on. */
export function outcomeOf(act: () => unknown): { readonly value: Plain } | { readonly refused: string } {
  try {
    return { value: plain(act()) };
  } catch (error) {
    if (isRaftoralError(error)) return { refused: error.code };
    throw error;
  }
}

/** The name of a number in a table of constants. */
export function nameOf(table: Readonly<Record<string, number>>, value: Plain | undefined): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `unknown ${JSON.stringify(value)}`;
}

/** Every object in a value, itself included. */
export function* objectsIn(value: Plain): Generator<PlainObject> {
  if (!isObject(value)) return;
  if (!Array.isArray(value)) yield value as PlainObject;
  for (const item of Object.values(value)) yield* objectsIn(item as Plain);
}
