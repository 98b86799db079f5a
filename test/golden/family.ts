/**
 * A family of formats: how released cases of it are checked, what a new set of them holds, and what of the code must occur in one.
 *
 * G1. A case is what was once released: bytes, and what came of them. Today's code must make the same of them.
 * G2. A file of cases is written once and never edited. What is new is a case in a new file.
 * G3. What there is to cover is read from the code, so that a new kind without a case fails.
 */
import { hexOf, bytesOf, differenceOf, outcomeOf, plain, type PlainObject } from './plain.js';

export type GoldenCase = PlainObject & { readonly name: string };

export interface Family {
  /** Of its folder. */
  readonly name: string;
  /** What to do when a case does not hold. */
  readonly remedy: string;
  /** Cases of all that there is today. */
  make(): readonly GoldenCase[] | Promise<readonly GoldenCase[]>;
  /** What is not as it was released: sentences. */
  check(released: GoldenCase): readonly string[] | Promise<readonly string[]>;
  /** What a case covers. */
  labels(released: GoldenCase): readonly string[];
  /** What must be covered. */
  needed(): readonly string[];
}

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface CodecFamilyOptions {
  readonly name: string;
  readonly remedy: string;
  readonly samples: () => readonly Sample[];
  readonly decode: (bytes: Uint8Array) => unknown;
  /** Absent where more than one form is read. */
  readonly encode?: (bytes: Uint8Array) => Uint8Array;
  /** Of the decoded value, as JSON. */
  readonly labels: (value: PlainObject) => readonly string[];
  readonly needed: () => readonly string[];
}

/** A family of one decoder: bytes, and the value that they stand for or the code that they are refused with. */
export function codecFamily(options: CodecFamilyOptions): Family {
  const { name, remedy, samples, decode, encode, labels, needed } = options;
  return {
    name,
    remedy,
    make: () => samples().map((sample) => ({ name: sample.name, bytes: hexOf(sample.bytes), ...outcomeOf(() => decode(sample.bytes)) })),
    check: ({ bytes: hex, name: _, ...released }) => {
      const bytes = bytesOf(hex as string);
      const now = outcomeOf(() => decode(bytes));
      const found = differenceOf(released, plain(now));
      if (found !== null) return [found];
      if (encode === undefined || 'refused' in now) return [];
      const again = hexOf(encode(bytes));
      return again === hex ? [] : [`its bytes were ${hex as string} and are written as ${again}`];
    },
    labels: (released) => ('value' in released ? labels(released['value'] as PlainObject) : [`refused: ${released.name}`]),
    needed,
  };
}
