// Generates src/gen/descriptors.ts from protos/ and from the standard services' own files: what reflection tells, as buf
// compiles it. (Descriptors that proto-loader makes of parsed files lack map entries, google.protobuf types and JSON names.)
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';

/** @param {{ protos: string, outDir: string, buf: string }} where `buf` is its JavaScript program. */
export function generateDescriptors({ protos, outDir, buf }) {
  const scratch = mkdtempSync(join(tmpdir(), 'athanor-descriptors-'));
  try {
    cpSync(protos, scratch, { recursive: true });
    for (const [from, to] of standardProtos()) cpSync(from, join(scratch, to));
    const image = join(scratch, 'image.binpb');
    execFileSync(process.execPath, [
      buf,
      'build',
      scratch,
      '-o',
      image,
      '--as-file-descriptor-set',
      '--exclude-source-info',
    ]);
    writeFileSync(join(outDir, 'descriptors.ts'), toModule(split(readFileSync(image))));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The files of the packages that implement health and reflection, under their usual names. */
function standardProtos() {
  const require = createRequire(new URL('../service/package.json', import.meta.url));
  const folder = name => join(dirname(require.resolve(name)), '../..');
  return [
    [join(folder('grpc-health-check'), 'proto/health/v1/health.proto'), 'grpc/health/v1/health.proto'],
    ...['v1', 'v1alpha']
      .map(version => `grpc/reflection/${version}/reflection.proto`)
      .map(path => [join(folder('@grpc/reflection'), 'build/proto', path), path]),
  ];
}

/** A FileDescriptorSet has files in field 1; their bytes are kept as buf wrote them. */
function split(set) {
  const reader = protobuf.Reader.create(set);
  const files = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    const bytes = reader.bytes();
    const { name, dependency, service, package: scope } = descriptor.FileDescriptorProto.decode(bytes);
    const services = service.map(each => (scope ? `${scope}.${each.name}` : each.name));
    files.push({ name, dependencies: dependency, services, base64: Buffer.from(bytes).toString('base64') });
  }
  return files;
}

function toModule(files) {
  return `// Generated from protos/ by gen-descriptors.mjs.\nexport const FILE_DESCRIPTORS: readonly {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Full names of the services that the file declares. */
  readonly services: readonly string[];
  /** google.protobuf.FileDescriptorProto */
  readonly base64: string;
}[] = ${JSON.stringify(files, null, 2)};\n`;
}
