import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';

/** Folder of the .proto files, beside the packages. */
export const PROTO_ROOT = fileURLToPath(new URL('../../../protos/', import.meta.url));

let loaded: PackageDefinition | undefined;

/** All our definitions and the Open Inference Protocol's. The options must match those in gen.mjs. */
export function loadContracts(): PackageDefinition {
  loaded ??= loadSync(protoFiles(), {
    keepCase: false,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
    includeDirs: [PROTO_ROOT],
  });
  return loaded;
}

function protoFiles(): string[] {
  const names = readdirSync(PROTO_ROOT, { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.endsWith('.proto')).map(name => join(PROTO_ROOT, name));
}

/** The definition of a service by its full name, for example "athanor.ingest.v1.IngestService". */
export function findService(fullName: string): ServiceDefinition {
  const definition = loadContracts()[fullName];
  if (definition === undefined || 'format' in definition) throw new Error(`no service ${fullName} in ${PROTO_ROOT}`);
  return definition as ServiceDefinition;
}

/** The codec of a message by its full name. */
export function findMessage(fullName: string): MessageTypeDefinition<object, object> {
  const definition = loadContracts()[fullName];
  if (definition === undefined || !('serialize' in definition))
    throw new Error(`no message ${fullName} in ${PROTO_ROOT}`);
  return definition as MessageTypeDefinition<object, object>;
}
