/**
 * Errors on their way out of the control API: every one a RaftoralError, with what its cause says in its details, because a cause itself does not
 * travel. Pure.
 */
import { RaftoralError } from '../errors/index.js';
import type { Json } from './control-port.js';
/** `added`: facts for the details that the caller of the API can use. */
export declare function controlError(method: string, thrown: unknown, added?: Readonly<Record<string, Json>>, requestId?: string): RaftoralError;
