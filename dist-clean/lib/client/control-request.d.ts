/**
 * Checks a request of the control API against the table of its calls, before anything is done. Owns: what a field's type means for a JSON value.
 *
 * V1. An unknown call or field, a wrong type and a missing field are INVALID_ARGUMENT, naming call and field; nothing was sent.
 * V2. A field that is absent or undefined is left out; null is a value, which only a `json` field may have.
 * Tests: control-service.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type ControlMethod } from './control-methods-port.js';
import type { Json, JsonObject } from './control-port.js';
/** A request whose fields have the types of the table. */
export declare class ControlRequest {
    readonly method: string;
    private readonly fields;
    constructor(method: string, fields: Iterable<readonly [string, Json]>);
    /** Any JSON value; undefined where it is absent. */
    json(field: string): Json | undefined;
    text(field: string): string | undefined;
    requiredText(field: string): string;
    integer(field: string): number | undefined;
    requiredInteger(field: string): number;
    texts(field: string): readonly string[] | undefined;
    /** Those of these fields that are given, as an object: what the options of a call are made of. */
    pick(...names: readonly string[]): Record<string, Json>;
    refuse(field: string, wanted: string): RaftoralError;
}
/** Throws INVALID_ARGUMENT. */
export declare function readRequest(name: string, request: JsonObject, kind: 'call' | 'stream'): {
    method: ControlMethod;
    fields: ControlRequest;
};
