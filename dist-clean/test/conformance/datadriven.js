/**
 * Reader of data-driven scripts: directives with arguments, input, and the expected output.
 * Format: conformance README §1.
 */
export class ScriptError extends Error {
}
export function parseScript(text) {
    const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    if (lines.length > 0 && lines[lines.length - 1] === '')
        lines.pop();
    const directives = [];
    let at = 0;
    while (at < lines.length) {
        const trimmed = lines[at].trim();
        if (trimmed === '' || trimmed.startsWith('#')) {
            at++;
            continue;
        }
        const line = at + 1;
        let header = trimmed;
        while (header.endsWith('\\') && at + 1 < lines.length) {
            at++;
            header = `${header.slice(0, -1).trimEnd()} ${lines[at].trim()}`;
        }
        at++;
        const inputLines = [];
        while (at < lines.length && lines[at] !== '----')
            inputLines.push(lines[at++]);
        if (at >= lines.length)
            throw new ScriptError(`line ${line}: no ---- after directive`);
        at++;
        const expectedLines = [];
        if (lines[at] === '----') {
            at++;
            while (at < lines.length && !(lines[at] === '----' && lines[at + 1] === '----'))
                expectedLines.push(lines[at++]);
            if (at >= lines.length)
                throw new ScriptError(`line ${line}: block of ---- is not closed`);
            at += 2;
        }
        else {
            while (at < lines.length && lines[at].trim() !== '')
                expectedLines.push(lines[at++]);
        }
        const { command, args } = parseHeader(header, line);
        const expected = expectedLines.length === 0 ? '' : `${expectedLines.join('\n')}\n`;
        directives.push({ command, args, input: inputLines.join('\n').trim(), expected, line, text: header });
    }
    return directives;
}
/** Command and arguments of a directive line. */
export function parseHeader(header, line) {
    let at = 0;
    const skipSpaces = () => {
        while (at < header.length && /\s/.test(header[at]))
            at++;
    };
    const readUntil = (stop) => {
        const start = at;
        while (at < header.length && !stop.test(header[at]))
            at++;
        return header.slice(start, at);
    };
    const command = readUntil(/\s/);
    const args = [];
    for (;;) {
        skipSpaces();
        if (at >= header.length)
            return { command, args };
        const key = readUntil(/[\s=]/);
        if (header[at] !== '=') {
            args.push({ key, values: [] });
            continue;
        }
        at++;
        if (header[at] !== '(') {
            args.push({ key, values: [readUntil(/\s/)] });
            continue;
        }
        const { values, end } = parseList(header, at, line);
        args.push({ key, values });
        at = end;
    }
}
function parseList(header, open, line) {
    const values = [];
    let depth = 0;
    let value = '';
    let isAfterComma = false;
    for (let at = open; at < header.length; at++) {
        const char = header[at];
        if (char === '(') {
            depth++;
            if (depth === 1)
                continue;
        }
        else if (char === ')') {
            depth--;
            if (depth === 0) {
                if (value !== '' || values.length > 0)
                    values.push(value);
                return { values, end: at + 1 };
            }
        }
        else if (char === ',' && depth === 1) {
            values.push(value);
            value = '';
            isAfterComma = true;
            continue;
        }
        else if (/\s/.test(char) && isAfterComma && value === '') {
            continue;
        }
        isAfterComma = false;
        value += char;
    }
    throw new ScriptError(`line ${line}: list is not closed`);
}
/** First value of the argument, or undefined if it is absent. */
export function argument(directive, key) {
    const found = directive.args.find((arg) => arg.key === key && arg.values.length > 0);
    return found?.values[0];
}
export function argumentList(directive, key) {
    return directive.args.find((arg) => arg.key === key && arg.values.length > 0)?.values;
}
export function positional(directive) {
    return directive.args.filter((arg) => arg.values.length === 0).map((arg) => arg.key);
}
//# sourceMappingURL=datadriven.js.map