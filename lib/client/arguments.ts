/**
 * Checks of call options at the door of the client: a misspelt value of an untyped caller is INVALID_ARGUMENT, never ignored.
 */
import { RaftoralError } from '../errors/index.js';
import type { CallOptions, ListFilter, QueryOptions, StartOptions, WriteOptions } from '../workflow/service.js';

const REQUEST_ID_LENGTH_MAX = 256;
const PAGE_SIZE_MAX = 1_000;
/** Longest delay that a deadline may have, ms: the bound of whole numbers in 32 bits. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export function checkCall(call: string, { timeoutMs }: CallOptions): void {
  if (timeoutMs === undefined) return;
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0) || timeoutMs > TIMEOUT_MS_MAX)
    refuse(call, 'timeoutMs', `a number of milliseconds from 1 to ${TIMEOUT_MS_MAX}`, timeoutMs);
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
  if (version !== undefined && (!Number.isSafeInteger(version) || version < 1)) refuse(call, 'version', 'a whole number of 1 or more', version);
  if (onExisting !== undefined && onExisting !== 'reject' && onExisting !== 'attach') refuse(call, 'onExisting', `'reject' or 'attach'`, onExisting);
}

export function checkQuery(call: string, options: QueryOptions): void {
  checkCall(call, options);
  const { consistency } = options;
  if (consistency !== undefined && consistency !== 'linearizable' && consistency !== 'local')
    refuse(call, 'consistency', `'linearizable' or 'local'`, consistency);
}

export function checkList(filter: ListFilter): void {
  checkQuery('list()', filter);
  const { limit } = filter;
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_SIZE_MAX))
    refuse('list()', 'limit', `a whole number from 1 to ${PAGE_SIZE_MAX}`, limit);
}

function refuse(call: string, argument: string, wanted: string, given: unknown): never {
  const shown = typeof given === 'string' ? `'${given.slice(0, 60)}'` : String(given);
  throw new RaftoralError('INVALID_ARGUMENT', `${call}: ${argument} must be ${wanted}, not ${shown}.`, { details: { argument } });
}
