import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type * as ProtoLoader from '@grpc/proto-loader';

// Parsing all protos takes 0.25 s of CPU, so a process parses only the packages that it uses, and a command without
// calls does not load the parser.

/** Folder of the .proto files, next to the packages. */
export const PROTO_ROOT = fileURLToPath(new URL('../../../protos/', import.meta.url));

const require = createRequire(import.meta.url);
const loaded = new Map<string, ProtoLoader.PackageDefinition>();

/** All our definitions and those of the Open Inference Protocol. */
export function loadContracts(): ProtoLoader.PackageDefinition {
  return load('');
}

/** The definitions in a folder of the protos and below, and their imports. */
function load(folder: string): ProtoLoader.PackageDefinition {
  const known = loaded.get(folder);
  if (known !== undefined) return known;
  const { loadSync } = require('@grpc/proto-loader') as typeof ProtoLoader;
  // The options must match those in gen.mjs.
  const definition = loadSync(protoFiles(join(PROTO_ROOT, folder)), {
    keepCase: false,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
    includeDirs: [PROTO_ROOT],
  });
  loaded.set(folder, definition);
  return definition;
}

function protoFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.endsWith('.proto')).map(name => join(folder, name));
}

/** A package's files are in the folder of its name: "athanor.ingest.v1.Upload" in athanor/ingest/v1. */
function packageFolder(fullName: string): string {
  return fullName.split('.').slice(0, -1).join('/');
}

/** The definition of a service by its full name, for example "athanor.ingest.v1.IngestService". */
export function findService(fullName: string): ServiceDefinition {
  const definition = load(packageFolder(fullName))[fullName];
  if (definition === undefined || 'format' in definition) throw new Error(`no service ${fullName} in ${PROTO_ROOT}`);
  return definition as ServiceDefinition;
}

/** The codec of a message by its full name. */
export function findMessage(fullName: string): ProtoLoader.MessageTypeDefinition<object, object> {
  const definition = load(packageFolder(fullName))[fullName];
  if (definition === undefined || !('serialize' in definition))
    throw new Error(`no message ${fullName} in ${PROTO_ROOT}`);
  return definition as ProtoLoader.MessageTypeDefinition<object, object>;
}
