/**
 * Checks a request of the control API against the table of its calls, before anything is done. Owns: what a field's type means for a JSON value.
 *
 * V1. An unknown call or field, a wrong type and a missing field are INVALID_ARGUMENT, naming call and field; nothing was sent.
 * V2. A field that is absent or undefined is left out; null is a value, which only a `json` field may have.
 * Tests: control-service.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { CONTROL_METHOD_BY_NAME } from './control-methods-port.js';
const WANTED = {
    text: 'a text',
    integer: 'a whole number',
    boolean: 'true or false',
    json: 'a JSON value',
    texts: 'an array of texts',
    integers: 'an array of whole numbers',
};
/** Values that a request names at most: of arrays, and of a status list. */
const ITEMS_MAX = 1_000;
/** A request whose fields have the types of the table. */
export class ControlRequest {
    method;
    fields;
    constructor(method, fields) {
        this.method = method;
        this.fields = new Map(fields);
    }
    /** Any JSON value; undefined where it is absent. */
    json(field) {
        return this.fields.get(field);
    }
    text(field) {
        return this.fields.get(field);
    }
    requiredText(field) {
        return this.fields.get(field);
    }
    integer(field) {
        return this.fields.get(field);
    }
    requiredInteger(field) {
        return this.fields.get(field);
    }
    texts(field) {
        return this.fields.get(field);
    }
    /** Those of these fields that are given, as an object: what the options of a call are made of. */
    pick(...names) {
        return Object.fromEntries(names.filter((name) => this.fields.has(name)).map((name) => [name, this.fields.get(name)]));
    }
    refuse(field, wanted) {
        return refusal(this.method, field, `must be ${wanted}, not ${shown(this.fields.get(field))}`);
    }
}
/** Throws INVALID_ARGUMENT. */
export function readRequest(name, request, kind) {
    const method = CONTROL_METHOD_BY_NAME.get(name);
    if (method === undefined)
        throw refusal(String(name), 'method', 'is not a call of the control API');
    if ((method.isStream === true) !== (kind === 'stream'))
        throw refusal(name, 'method', method.isStream === true ? 'is a stream; ask for it as one' : 'is no stream; call it');
    if (typeof request !== 'object' || request === null || Array.isArray(request))
        throw refusal(name, 'request', 'must be an object');
    return { method, fields: new ControlRequest(name, checkedFields(method, request)) };
}
function checkedFields(method, request) {
    const given = [];
    for (const [name, value] of Object.entries(request)) {
        if (!Object.hasOwn(method.request, name)) {
            const known = Object.keys(method.request);
            throw refusal(method.name, name, `is no field of it; ${known.length === 0 ? 'it has none' : `those are ${known.join(', ')}`}`);
        }
        if (value === undefined)
            continue;
        const { type } = method.request[name];
        if (!hasType(type, value))
            throw refusal(method.name, name, `must be ${WANTED[type]}, not ${shown(value)}`);
        given.push([name, value]);
    }
    for (const [name, { isRequired, type }] of Object.entries(method.request)) {
        if (isRequired === true && !given.some(([field]) => field === name))
            throw refusal(method.name, name, `is missing; give ${WANTED[type]}`);
    }
    return given;
}
function hasType(type, value) {
    switch (type) {
        case 'text':
            return typeof value === 'string';
        case 'integer':
            return Number.isSafeInteger(value);
        case 'boolean':
            return typeof value === 'boolean';
        case 'json':
            return true;
        case 'texts':
            return isArray(value) && value.every((item) => typeof item === 'string');
        case 'integers':
            return isArray(value) && value.every((item) => Number.isSafeInteger(item));
    }
}
function isArray(value) {
    return Array.isArray(value) && value.length <= ITEMS_MAX;
}
function refusal(method, field, problem) {
    return new RaftoralError('INVALID_ARGUMENT', `${method.slice(0, 80)}: ${field.slice(0, 80)} ${problem}.`, {
        details: { method, argument: field },
    });
}
function shown(value) {
    if (value === undefined)
        return 'absent';
    if (typeof value === 'string')
        return `'${value.slice(0, 60)}'`;
    if (Array.isArray(value))
        return value.length > ITEMS_MAX ? `one of ${value.length} items, more than ${ITEMS_MAX}` : 'an array';
    return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
//# sourceMappingURL=control-request.js.map