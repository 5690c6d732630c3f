// Generates src/gen from protos/: TypeScript types (proto-loader-gen-types) and the permission table. Fails if one of
// our methods has no permission.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { generateDescriptors } from './gen-descriptors.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const protos = join(here, '../../protos');
const outDir = join(here, 'src/gen');
const files = readdirSync(protos, { recursive: true })
  .filter(name => name.endsWith('.proto') && !name.startsWith('google'))
  .sort();

rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });

// The types must match the options in src/loader.ts.
const require = createRequire(import.meta.url);
const genTypes = join(
  dirname(require.resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);
const typeOptions = ['--longs=Number', '--enums=String', '--defaults', '--oneofs', '--includeComments'];
const nameOptions = ['--inputTemplate=%sInput', '--outputTemplate=%s', '--importFileExtension=.js'];
execFileSync(process.execPath, [
  ...[genTypes, ...typeOptions, ...nameOptions, '--grpcLib=@grpc/grpc-js'],
  ...[`--includeDirs=${protos}`, `--outDir=${relative(process.cwd(), outDir)}`, ...files],
]);

const root = new protobuf.Root();
// The per-file ProtoGrpcType views are not used.
for (const name of readdirSync(outDir).filter(each => each.endsWith('.ts'))) rmSync(join(outDir, name));

// The generator writes absolute paths into comments; the output must not depend on the location of the checkout.
for (const name of readdirSync(outDir, { recursive: true }).filter(each => each.endsWith('.ts'))) {
  const path = join(outDir, name);
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replaceAll(`${protos}/`, 'protos/').replaceAll('Original file: null', 'Built in'),
  );
}

const wellKnown = dirname(require.resolve('protobufjs/package.json'));
root.resolvePath = (_origin, target) => join(target.startsWith('google/protobuf') ? wellKnown : protos, target);
root.loadSync(files, { keepCase: false });

// Methods that may be retried: those with the standard option, and those with an idempotency key (the SDK fills it in).
const IDEMPOTENT = ['NO_SIDE_EFFECTS', 'IDEMPOTENT'];

const rules = {};
const missing = [];
const visit = node => {
  for (const child of node.nestedArray ?? []) {
    if (child instanceof protobuf.Service && child.fullName.startsWith('.athanor.')) addRules(child);
    else visit(child);
  }
};
const addRules = service => {
  for (const method of service.methodsArray) {
    const path = `/${service.fullName.slice(1)}/${method.name}`;
    const permission = method.getOption('(athanor.api.v1.permission)');
    if (!permission) missing.push(path);
    else {
      const hasRequestId = 'requestId' in method.resolve().resolvedRequestType.fields;
      rules[path] = {
        permission,
        meshOnly: method.getOption('(athanor.api.v1.mesh_only)') === true,
        isIdempotent: hasRequestId || IDEMPOTENT.includes(method.getOption('idempotency_level')),
        hasRequestId,
      };
    }
  }
};
visit(root);
if (missing.length > 0) {
  process.stderr.write(
    `These RPCs have no permission; add option (athanor.api.v1.permission):\n  ${missing.join('\n  ')}\n`,
  );
  process.exit(1);
}
const table = `// Generated from protos/ by gen.mjs.\nexport const METHOD_RULES = ${JSON.stringify(rules, null, 2)} as const;\n`;
writeFileSync(join(outDir, 'method-rules.ts'), table);

generateDescriptors({
  protos,
  outDir, // Its program by Node itself: the script in .bin needs a shell's tools, which an image's build stage may not have.
  buf: join(here, '../../node_modules/@bufbuild/buf/bin/buf'),
});

// One barrel per domain: @athanor/contracts/<domain>.
const barrels = {
  api: ['athanor/api/v1'],
  ingest: ['athanor/ingest/v1'],
  training: ['athanor/training/v1'],
  registry: ['athanor/registry/v1'],
  events: ['athanor/events/v1'],
  inference: ['inference', 'athanor/inference/v1'],
};
for (const [domain, folders] of Object.entries(barrels)) {
  const paths = folders.flatMap(folder => readdirSync(join(outDir, folder)).map(name => `${folder}/${name}`));
  const names = paths.filter(path => path.endsWith('.ts')).sort();
  const lines = names.map(path => `export * from './${path.replace(/\.ts$/, '.js')}';`);
  writeFileSync(join(outDir, `${domain}.ts`), `${lines.join('\n')}\n`);
}
