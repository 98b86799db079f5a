/**
 * Readers of single options: what is wrong goes into a list of problems, each beginning with the name of the option.
 */
export function readSection(name, given, rules, problems) {
    if (given !== undefined && !isRecord(given))
        problems.push(`${name}: expected an object, got ${show(given)}`);
    const section = isRecord(given) ? given : {};
    unknownKeys(`${name}.`, section, Object.keys(rules), problems);
    const result = {};
    for (const key of Object.keys(rules))
        result[key] = readNumber(`${name}.${key}`, section[key], rules[key], problems);
    return result;
}
export function readNumber(name, given, [defaultValue, min, max], problems) {
    if (given === undefined)
        return defaultValue;
    if (Number.isSafeInteger(given) && given >= min && given <= max)
        return given;
    problems.push(`${name}: expected a whole number from ${min} to ${max}, got ${show(given)}`);
    return defaultValue;
}
export function unknownKeys(prefix, given, known, problems) {
    for (const key of Object.keys(given))
        if (!known.includes(key))
            problems.push(`${prefix}${key}: there is no such option; known are ${known.join(', ')}`);
}
export function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** The value as a message shows it, short. */
export function show(value) {
    if (value === undefined)
        return 'nothing';
    if (typeof value === 'function')
        return `function ${value.name}`;
    let text;
    try {
        text = JSON.stringify(value);
    }
    catch {
        text = undefined;
    }
    text ??= String(value);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
//# sourceMappingURL=raftoral.option-readers.js.map