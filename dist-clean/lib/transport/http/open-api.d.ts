import type { JsonObject } from '../../client/control-port.js';
/** @param root where the API stands: `<path>/v1`. */
export declare function openApiDocument(root: string): JsonObject;
