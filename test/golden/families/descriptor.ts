/**
 * raftoral.proto as released: messages with their fields, numbers and types, and calls. What is added later stands beside it.
 */
import * as loader from '@grpc/proto-loader';
import { loadProto } from '../../../lib/transport/grpc/proto.js';
import type { Family, GoldenCase } from '../family.js';
import { differenceOf, plain, type PlainObject } from '../plain.js';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly label: string;
}

let made: readonly GoldenCase[] | null = null;

function make(): readonly GoldenCase[] {
  made ??= described();
  return made;
}

function described(): GoldenCase[] {
  return Object.entries(loadProto(loader).definition).flatMap<GoldenCase>(([name, entry]) => {
    if ('format' in entry) {
      const { field } = entry.type as { readonly field: readonly Field[] };
      const fields = Object.fromEntries(field.map((one) => [one.name, plain([one.number, one.type, one.label])]));
      return [{ name: `message ${name}`, fields }];
    }
    return Object.values(entry as loader.ServiceDefinition).map(({ path, requestStream, responseStream, requestType, responseType }) => ({
      name: `call ${path}`,
      call: plain([
        (requestType.type as { name: string }).name,
        requestStream,
        (responseType.type as { name: string }).name,
        responseStream,
      ]),
    }));
  });
}

function labels(one: GoldenCase): string[] {
  const fields = Object.keys((one['fields'] as PlainObject | undefined) ?? {});
  return [one.name, ...fields.map((field) => `${one.name} ${field}`)];
}

export const family: Family = {
  name: 'descriptor',
  remedy: 'A released message keeps its fields, their numbers and types; new fields get new numbers (lib/transport/grpc/raftoral.proto).',
  make,
  check: (released) => {
    const now = make().find(({ name }) => name === released.name);
    if (now === undefined) return ['it is gone'];
    if ('call' in released) {
      const found = differenceOf(released['call']!, now['call']!);
      return found === null ? [] : [found];
    }
    const fields = now['fields'] as PlainObject;
    return Object.entries(released['fields'] as PlainObject).flatMap(([name, field]) => {
      const found = name in fields ? differenceOf(field, fields[name]!) : 'it is gone';
      return found === null ? [] : [`field ${name}: ${found}`];
    });
  },
  labels,
  needed: () => make().flatMap(labels),
};
