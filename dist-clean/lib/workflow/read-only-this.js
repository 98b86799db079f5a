/**
 * The `this` of compute and query bodies: the instance, but its fields can't be written (R8).
 *
 * T1. Where no class of the chain has #private members, `this` is a Proxy that throws READ_ONLY_THIS on every write, also in
 *     methods that the body calls. Services that fields hold are called on themselves, so theirs work as ever.
 * T2. A Proxy breaks #private members, so there the body gets the instance, and its own fields are compared before and after
 *     the synchronous part of the body: an assignment is found, undone, and reported with READ_ONLY_THIS.
 * T3. Changes inside the objects that fields hold are not seen by either.
 */
import { RaftoralError } from '../errors/index.js';
import { guards } from './context.js';
const usesPrivateMembers = new WeakMap();
/** Own #names, or the helpers that older targets compile them to. */
const PRIVATE_MEMBER = /#[\p{ID_Start}$_]|__classPrivateField|_class_private_field/u;
function hasPrivateMembers(instance) {
    const prototype = Object.getPrototypeOf(instance);
    if (prototype === null)
        return false;
    const known = usesPrivateMembers.get(prototype);
    if (known !== undefined)
        return known;
    let found = false;
    for (let target = prototype.constructor; typeof target === 'function' && target !== Function.prototype; target = Object.getPrototypeOf(target)) {
        if (PRIVATE_MEMBER.test(Function.prototype.toString.call(target)))
            found = true;
    }
    usesPrivateMembers.set(prototype, found);
    return found;
}
function refusal(name, field) {
    return new RaftoralError('READ_ONLY_THIS', `${name} assigned to '${String(field)}' of the workflow; return the value and assign it in the workflow code, after the await`);
}
/** Runs `body` with a read-only `this` and returns what it returned. Throws READ_ONLY_THIS at the assignment (T1) or after it (T2). */
export function callReadOnly(instance, name, body, args) {
    return hasPrivateMembers(instance) ? callCompared(instance, name, body, args) : body.apply(guardOf(instance, name), args);
}
function guardOf(instance, name) {
    const refuse = (_target, field) => {
        throw refusal(name, field);
    };
    const guard = new Proxy(instance, { set: refuse, defineProperty: refuse, deleteProperty: refuse });
    guards.add(guard);
    return guard;
}
function callCompared(instance, name, body, args) {
    const fields = instance;
    const before = new Map(Object.keys(fields).map((field) => [field, fields[field]]));
    let result;
    try {
        result = body.apply(instance, args);
    }
    finally {
        const changed = undo(fields, before);
        if (changed !== undefined) {
            result?.catch?.(() => undefined);
            throw refusal(name, changed);
        }
    }
    return result;
}
function undo(fields, before) {
    let changed;
    for (const field of Object.keys(fields)) {
        if (before.has(field) && Object.is(before.get(field), fields[field]))
            continue;
        changed = field;
        if (before.has(field))
            fields[field] = before.get(field);
        else
            delete fields[field];
    }
    for (const [field, value] of before) {
        if (field in fields)
            continue;
        changed = field;
        fields[field] = value;
    }
    return changed;
}
//# sourceMappingURL=read-only-this.js.map