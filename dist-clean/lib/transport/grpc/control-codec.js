import { RaftoralError } from '../../errors/index.js';
const JSON_SUFFIX = 'Json';
const MORE = 'moreJson';
export function encodeRequest({ method, encodeRequest: encode }, request) {
    const message = {};
    for (const [name, value] of Object.entries(request)) {
        if (value === undefined)
            continue;
        const field = Object.hasOwn(method.request, name) ? method.request[name] : undefined;
        if (field === undefined)
            throw refuse(method.name, name, `is no field of this call`);
        if (field.type === 'json')
            message[name + JSON_SUFFIX] = JSON.stringify(value);
        else if (isOfType(field.type, value))
            message[name] = value;
        else
            throw refuse(method.name, name, `must be ${EXPECTED[field.type]}`);
    }
    return encode(message);
}
export function decodeRequest({ method, decodeRequest: decode }, bytes) {
    let message;
    try {
        message = decode(bytes);
    }
    catch (error) {
        throw new RaftoralError('INVALID_ARGUMENT', `${method.name}: the request is no message of raftoral.proto.`, { cause: error });
    }
    const request = {};
    for (const [name, field] of Object.entries(method.request)) {
        const value = message[field.type === 'json' ? name + JSON_SUFFIX : name];
        if (value === undefined || (Array.isArray(value) && value.length === 0))
            continue;
        if (field.type === 'json')
            request[name] = parse(String(value), () => refuse(method.name, name, 'must be JSON text'));
        else if (isOfType(field.type, value))
            request[name] = value;
        else
            throw refuse(method.name, name, `must be ${EXPECTED[field.type]}`);
    }
    return request;
}
export function encodeResponse({ responseFields, encodeResponse: encode }, answer) {
    const message = {};
    const more = {};
    for (const [name, value] of Object.entries(answer)) {
        if (value === undefined)
            continue;
        const field = responseFields.get(name);
        if (responseFields.has(name + JSON_SUFFIX) && name + JSON_SUFFIX !== MORE)
            message[name + JSON_SUFFIX] = JSON.stringify(value);
        else if (field !== undefined && fits(field, value))
            message[name] = value;
        else
            more[name] = value;
    }
    if (Object.keys(more).length > 0)
        message[MORE] = JSON.stringify(more);
    return encode(message);
}
export function decodeResponse({ method, responseFields, decodeResponse: decode }, bytes) {
    const message = decode(bytes);
    const broken = (name) => () => new RaftoralError('MALFORMED_FRAME', `${method.name}: the answer's field ${name} is no JSON text; is this a node of Raftoral?`);
    const answer = {};
    for (const name of responseFields.keys()) {
        const value = message[name];
        if (value === undefined || name === MORE)
            continue;
        if (name.endsWith(JSON_SUFFIX))
            answer[name.slice(0, -JSON_SUFFIX.length)] = parse(String(value), broken(name));
        else
            answer[name] = value;
    }
    const more = message[MORE];
    if (more === undefined)
        return answer;
    const rest = parse(String(more), broken(MORE));
    if (typeof rest !== 'object' || rest === null || Array.isArray(rest))
        throw broken(MORE)();
    return { ...answer, ...rest };
}
const EXPECTED = {
    text: 'text',
    integer: 'a whole number of at most 53 bits',
    boolean: 'true or false',
    json: 'a JSON value',
    texts: 'an array of texts',
    integers: 'an array of whole numbers',
};
function isOfType(type, value) {
    switch (type) {
        case 'text':
            return typeof value === 'string';
        case 'integer':
            return Number.isSafeInteger(value);
        case 'boolean':
            return typeof value === 'boolean';
        case 'texts':
            return Array.isArray(value) && value.every((item) => typeof item === 'string');
        case 'integers':
            return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item));
        case 'json':
            return true;
    }
}
function fits({ type, isRepeated }, value) {
    if (!isRepeated)
        return isOfType(type, value);
    return Array.isArray(value) && value.every((item) => isOfType(type, item));
}
function parse(text, refused) {
    try {
        return JSON.parse(text);
    }
    catch {
        throw refused();
    }
}
function refuse(method, field, problem) {
    return new RaftoralError('INVALID_ARGUMENT', `${method}: ${field} ${problem}.`, { details: { field } });
}
//# sourceMappingURL=control-codec.js.map