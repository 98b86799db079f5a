/**
 * lib/transport/grpc/descriptor.ts from raftoral.proto. The package looks for no file at run time (it may be bundled, and it has no import.meta), so
 * the descriptor is in the code; the .proto is published beside it for other languages. Run by `npm run fix`; a spec holds the two equal.
 *
 *   node scripts/proto.mjs          writes descriptor.ts
 *   node scripts/proto.mjs --copy   copies the .proto into dist/ (part of the build)
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor/index.js';

const FOLDER = 'lib/transport/grpc';
const SOURCE = join(FOLDER, 'raftoral.proto');
const COLUMNS = 132;

if (process.argv.includes('--copy')) {
  mkdirSync(join('dist', FOLDER), { recursive: true });
  copyFileSync(SOURCE, join('dist', SOURCE));
} else {
  const { root } = protobuf.parse(readFileSync(SOURCE, 'utf8'), { keepCase: true });
  root.resolveAll();
  const set = root.toDescriptor('proto3');
  // protobufjs writes an optional field as a oneof of its own, and forgets to say that it was made for that.
  for (const message of set.file.flatMap((file) => file.messageType))
    for (const field of message.field)
      if (message.oneofDecl[field.oneofIndex]?.name === `_${field.name}` && Object.hasOwn(field, 'oneofIndex')) field.proto3Optional = true;
  const base64 = Buffer.from(set.constructor.encode(set).finish()).toString('base64');
  const lines = base64.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  writeFileSync(
    join(FOLDER, 'descriptor.ts'),
    [
      '/**',
      ' * raftoral.proto as a FileDescriptorSet, base64. Made by `npm run fix` (scripts/proto.mjs); do not edit. Tests: proto.spec.ts.',
      ' */',
      'export const RAFTORAL_DESCRIPTOR_SET = [',
      ...lines.map((line) => `  '${line}',`),
      "].join('');",
      '',
    ].join('\n'),
  );
}
