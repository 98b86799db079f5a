/**
 * Checks of call options at the door of the client: a wrong value of an untyped caller is INVALID_ARGUMENT, and nothing is sent. (A name that
 * no option has is not seen here: the types refuse it.)
 */
import { RaftoralError } from '../errors/index.js';
import type { RunStatus } from '../workflow/event.js';
import type { CallOptions, ListFilter, PlacementPolicy, QueryOptions, StartOptions, WriteOptions } from '../workflow/service.js';

const REQUEST_ID_LENGTH_MAX = 256;
const PAGE_SIZE_MAX = 1_000;
const STATUSES: ReadonlySet<RunStatus> = new Set(['running', 'blocked', 'completed', 'failed', 'cancelled', 'terminated', 'continued']);
const PLACEMENTS: ReadonlySet<unknown> = new Set(['round-robin', 'least-loaded', 'local-first']);
/** Longest delay that a deadline may have, ms: the bound of whole numbers in 32 bits. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export function checkCall(call: string, options: CallOptions & { readonly requestId?: unknown }): void {
  checkObject(call, 'options', options);
  checkTimeout(call, 'timeoutMs', options.timeoutMs, requestIdOf(options));
}

export function checkTimeout(call: string, argument: string, value: unknown, requestId?: string): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value > 0) || value > TIMEOUT_MS_MAX)
    refuse(call, argument, `a number of milliseconds from 1 to ${TIMEOUT_MS_MAX}`, value, requestId);
}

export function checkWrite(call: string, options: WriteOptions): void {
  checkCall(call, options);
  const { requestId } = options;
  if (requestId === undefined) return;
  if (typeof requestId !== 'string' || requestId === '' || requestId.length > REQUEST_ID_LENGTH_MAX)
    refuse(call, 'requestId', `a text of 1 to ${REQUEST_ID_LENGTH_MAX} characters`, requestId);
}

export function checkStart(call: string, options: StartOptions): void {
  checkWrite(call, options);
  const { version, onExisting } = options;
  if (version !== undefined && (!Number.isSafeInteger(version) || version < 1))
    refuse(call, 'version', 'a whole number of 1 or more', version, requestIdOf(options));
  if (onExisting !== undefined && onExisting !== 'reject' && onExisting !== 'attach')
    refuse(call, 'onExisting', `'reject' or 'attach'`, onExisting, requestIdOf(options));
  const { placement } = options;
  if (placement !== undefined && !isPlacementPolicy(placement))
    refuse(call, 'placement', PLACEMENT_POLICIES, placement, requestIdOf(options));
}

/** For a person who gave another. */
export const PLACEMENT_POLICIES = `one of ${[...PLACEMENTS].join(', ')}, or { labels } with texts`;

export function isPlacementPolicy(given: unknown): given is PlacementPolicy {
  if (PLACEMENTS.has(given)) return true;
  if (typeof given !== 'object' || given === null || Object.keys(given).some((key) => key !== 'labels')) return false;
  const { labels } = given as { readonly labels?: unknown };
  return (
    typeof labels === 'object' &&
    labels !== null &&
    !Array.isArray(labels) &&
    Object.values(labels).every((value) => typeof value === 'string')
  );
}

/** A text that an untyped caller may have taken from a request body. */
export function checkText(call: string, argument: string, value: unknown, requestId?: string): void {
  if (value !== undefined && typeof value !== 'string') refuse(call, argument, 'a text', value, requestId);
}

export function checkQuery(call: string, options: QueryOptions): void {
  checkCall(call, options);
  const { consistency } = options;
  if (consistency !== undefined && consistency !== 'linearizable' && consistency !== 'local')
    refuse(call, 'consistency', `'linearizable' or 'local'`, consistency);
}

export function checkList(filter: ListFilter, call = 'list()'): void {
  checkQuery(call, filter);
  const { limit, startedAfter, startedBefore, status } = filter;
  for (const [argument, value] of Object.entries({ startedAfter, startedBefore }) as Array<[string, unknown]>) {
    if (value !== undefined && !(value instanceof Date && Number.isFinite(value.getTime()))) refuse(call, argument, 'a valid Date', value);
  }
  for (const one of status === undefined ? [] : [status].flat()) {
    if (!STATUSES.has(one)) refuse(call, 'status', `one of ${[...STATUSES].join(', ')}`, one);
  }
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_SIZE_MAX))
    refuse(call, 'limit', `a whole number from 1 to ${PAGE_SIZE_MAX}`, limit);
}

function checkObject(call: string, argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) refuse(call, argument, 'an object', value);
}

function requestIdOf({ requestId }: { readonly requestId?: unknown }): string | undefined {
  return typeof requestId === 'string' ? requestId : undefined;
}

function refuse(call: string, argument: string, wanted: string, given: unknown, requestId?: string): never {
  const shown =
    typeof given === 'string' ? `'${given.slice(0, 60)}'` : typeof given === 'object' && given !== null ? 'an object' : String(given);
  throw new RaftoralError('INVALID_ARGUMENT', `${call}: ${argument} must be ${wanted}, not ${shown}.`, {
    requestId,
    details: { argument },
  });
}
