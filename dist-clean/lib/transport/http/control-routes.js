/**
 * Requests of the control API as HTTP has them → requests as the table has them. Pure.
 *
 * R1. A path is cut at its slashes before it is percent-decoded, so that an id may hold any character.
 * R2. A query parameter that the method has no field for, a repeated one that is no list, and a text that is not of its field's type are refused by name.
 * R3. A literal segment wins over a parameter.
 * Tests: control-routes.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import { CONTROL_METHODS } from '../../client/control-methods-port.js';
const PARAMETER = /^\{(\w+)\}$/;
/** Literals first, segment by segment. */
const ROUTES = CONTROL_METHODS.map((method) => ({ method, segments: method.http.path.split('/').slice(1) })).sort((one, two) => parameterCount(one) - parameterCount(two));
function parameterCount({ segments }) {
    return segments.filter((segment) => PARAMETER.test(segment)).length;
}
/** All methods of the path, one for each verb; empty: there is no such path. */
export function matchPath(path) {
    const segments = path.split('/').slice(1);
    const found = new Map();
    for (const { method, segments: wanted } of ROUTES) {
        if (wanted.length !== segments.length || found.has(method.http.verb))
            continue;
        const parameters = parametersOf(wanted, segments);
        if (parameters !== null)
            found.set(method.http.verb, { method, parameters });
    }
    return found;
}
function parametersOf(wanted, segments) {
    const parameters = {};
    for (const [index, segment] of segments.entries()) {
        const name = PARAMETER.exec(wanted[index])?.[1];
        if (name === undefined && wanted[index] !== segment)
            return null;
        // An empty segment names nothing: /workflows//result is no route.
        if (name !== undefined && segment === '')
            return null;
        if (name !== undefined)
            parameters[name] = segment;
    }
    return parameters;
}
/** The request of a GET: path and query. */
export function queryRequest({ method, parameters }, query) {
    const request = pathRequest(method, parameters);
    const given = new URLSearchParams(query);
    for (const name of new Set(given.keys())) {
        const field = fieldOf(method, name);
        const texts = given.getAll(name);
        if (field.in === 'path')
            throw invalid(name, 'stands in the path');
        if (field.type === 'texts')
            request[name] = texts;
        else if (field.type === 'integers')
            request[name] = texts.map((text) => integer(name, text));
        else if (texts.length > 1)
            throw invalid(name, `is given ${texts.length} times, and takes one value`);
        else
            request[name] = typed(name, field, texts[0]);
    }
    return request;
}
/** The request of a POST: path and body. Unknown fields of the body are the service's to refuse. */
export function bodyRequest({ method, parameters }, query, body) {
    if (query !== '')
        throw new RaftoralError('INVALID_ARGUMENT', `${method.http.verb} ${method.http.path} takes its fields in the body, not in the query string`);
    for (const [name, field] of Object.entries(method.request))
        if (field.in === 'path' && Object.hasOwn(body, name))
            throw invalid(name, 'stands in the path');
    return { ...body, ...pathRequest(method, parameters) };
}
function pathRequest(method, parameters) {
    const request = {};
    for (const [name, text] of Object.entries(parameters))
        request[name] = typed(name, fieldOf(method, name), decode(name, text));
    return request;
}
function decode(name, text) {
    try {
        return decodeURIComponent(text);
    }
    catch (cause) {
        throw new RaftoralError('INVALID_ARGUMENT', `${name} is not well percent-encoded in the path`, { cause, details: { field: name } });
    }
}
function fieldOf(method, name) {
    const field = Object.hasOwn(method.request, name) ? method.request[name] : undefined;
    if (field === undefined)
        throw invalid(name, `is no field of ${method.name}; it has ${Object.keys(method.request).join(', ') || 'none'}`);
    return field;
}
function typed(name, field, text) {
    switch (field.type) {
        case 'text':
            return text;
        case 'integer':
            return integer(name, text);
        case 'boolean':
            if (text !== 'true' && text !== 'false')
                throw invalid(name, `must be true or false, not '${text}'`);
            return text === 'true';
        case 'texts':
            return [text];
        case 'integers':
            return [integer(name, text)];
        case 'json':
            try {
                return JSON.parse(text);
            }
            catch {
                throw invalid(name, 'must be JSON');
            }
    }
}
function integer(name, text) {
    const value = Number(text);
    if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
        throw invalid(name, `must be a whole number, not '${text}'`);
    return value;
}
function invalid(name, why) {
    return new RaftoralError('INVALID_ARGUMENT', `${name} ${why}`, { details: { field: name } });
}
/** Path and query string of a call: the other direction, for a client. */
export function pathOf(method, request) {
    const path = method.http.path.replace(/\{(\w+)\}/g, (_, name) => {
        const value = request[name];
        if (value === undefined || value === null || value === '')
            throw invalid(name, 'is missing');
        return encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value));
    });
    if (method.http.verb !== 'GET')
        return path;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request)) {
        if (value === undefined || method.request[name]?.in === 'path')
            continue;
        const type = method.request[name]?.type;
        if (type === 'json')
            query.append(name, JSON.stringify(value));
        else
            for (const item of Array.isArray(value) ? value : [value])
                query.append(name, asText(item));
    }
    const text = query.toString();
    return text === '' ? path : `${path}?${text}`;
}
function asText(value) {
    return typeof value === 'string' ? value : JSON.stringify(value);
}
/** Fields of a POST's body. */
export function bodyOf(method, request) {
    return Object.fromEntries(Object.entries(request).filter(([name]) => method.request[name]?.in !== 'path'));
}
//# sourceMappingURL=control-routes.js.map