/**
 * Readers of single options: what is wrong goes into a list of problems, each beginning with the name of the option.
 */

/** A whole number with its bounds and its default. */
export type NumberRule = readonly [defaultValue: number, min: number, max: number];

export function readSection<Key extends string>(
  name: string,
  given: unknown,
  rules: Record<Key, NumberRule>,
  problems: string[],
): Record<Key, number> {
  if (given !== undefined && !isRecord(given)) problems.push(`${name}: expected an object, got ${show(given)}`);
  const section: Record<string, unknown> = isRecord(given) ? given : {};
  unknownKeys(`${name}.`, section, Object.keys(rules), problems);
  const result: Record<string, number> = {};
  for (const key of Object.keys(rules) as Key[]) result[key] = readNumber(`${name}.${key}`, section[key], rules[key], problems);
  return result as Record<Key, number>;
}

export function readNumber(name: string, given: unknown, [defaultValue, min, max]: NumberRule, problems: string[]): number {
  if (given === undefined) return defaultValue;
  if (Number.isSafeInteger(given) && (given as number) >= min && (given as number) <= max) return given as number;
  problems.push(`${name}: expected a whole number from ${min} to ${max}, got ${show(given)}`);
  return defaultValue;
}

export function unknownKeys(prefix: string, given: object, known: readonly string[], problems: string[]): void {
  for (const key of Object.keys(given))
    if (!known.includes(key)) problems.push(`${prefix}${key}: there is no such option; known are ${known.join(', ')}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a message shows it, short. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return `function ${value.name}`;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  text ??= String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
