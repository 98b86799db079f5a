/**
 * Every call of the control API, once: names, fields, where they stand in HTTP and in gRPC. The HTTP routes, the OpenAPI document, the mapping of
 * the `.proto` and the check of requests are made of this table; a test holds the `.proto` to it.
 *
 * T1. A released field is never renamed, removed or given another type; new ones are optional.
 * T2. Types: text, integer, boolean, json (any JSON value; in gRPC a string field `<name>Json` of JSON text), texts (array of text),
 *     integers (array of integers). ISO 8601 instants are text.
 */
export type ControlFieldType = 'text' | 'integer' | 'boolean' | 'json' | 'texts' | 'integers';
export interface ControlField {
    readonly type: ControlFieldType;
    readonly isRequired?: true;
    /** Where it stands in an HTTP request. Default: body for POST, query for GET. */
    readonly in?: 'path';
    readonly about: string;
}
export interface ControlMethod {
    readonly name: string;
    readonly about: string;
    /** Path below the mount point (`/raftoral/v1` by default). */
    readonly http: {
        readonly verb: 'GET' | 'POST';
        readonly path: string;
    };
    readonly rpc: {
        readonly service: string;
        readonly method: string;
    };
    readonly isStream?: true;
    readonly request: Readonly<Record<string, ControlField>>;
}
export declare const CONTROL_METHODS: readonly ControlMethod[];
export declare const CONTROL_METHOD_BY_NAME: ReadonlyMap<string, ControlMethod>;
