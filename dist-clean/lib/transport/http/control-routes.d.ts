import { type ControlMethod } from '../../client/control-methods-port.js';
import type { JsonObject } from '../../client/control-port.js';
export interface ControlMatch {
    readonly method: ControlMethod;
    /** Values of the path's parameters, as texts. */
    readonly parameters: Readonly<Record<string, string>>;
}
/** All methods of the path, one for each verb; empty: there is no such path. */
export declare function matchPath(path: string): ReadonlyMap<string, ControlMatch>;
/** The request of a GET: path and query. */
export declare function queryRequest({ method, parameters }: ControlMatch, query: string): JsonObject;
/** The request of a POST: path and body. Unknown fields of the body are the service's to refuse. */
export declare function bodyRequest({ method, parameters }: ControlMatch, query: string, body: JsonObject): JsonObject;
/** Path and query string of a call: the other direction, for a client. */
export declare function pathOf(method: ControlMethod, request: JsonObject): string;
/** Fields of a POST's body. */
export declare function bodyOf(method: ControlMethod, request: JsonObject): JsonObject;
