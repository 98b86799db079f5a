/**
 * What AsyncLocalStorage carries for workflow code. Owns: the one store of this wing.
 *
 * S1. It serves context(), compute bodies and the attribution of rejections; a decorated method finds its run without it (R45).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
export const scopes = new AsyncLocalStorage();
//# sourceMappingURL=runtime-scopes.js.map