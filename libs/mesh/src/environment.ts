import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PORT_OFFSETS, servicePorts } from '@athanor/contracts';
import type { Home } from './home.js';
import { MESH_SERVICES, type Secrets } from './secrets.js';

export interface EnvironmentOptions {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly portBase: number;
  readonly natsUrl: string;
  /** Variables that are handed on as they are: PATH, and ATHANOR_* that tune a service. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/** The variables with which the mesh's own processes are started: production has the same, with other values. */
export function serviceEnvironment({
  home,
  secrets,
  portBase,
  natsUrl,
  inherited,
}: EnvironmentOptions): Record<string, string> {
  const env: Record<string, string> = {
    ...tuning(inherited),
    ATHANOR_LIFELINE: 'stdin',
    ATHANOR_API_KEYS_FILE: home.apiKeysFile,
    ATHANOR_MESH_SECRET_FILE: home.meshSecretFile,
    ATHANOR_NATS_URL: natsUrl,
    ATHANOR_DATABASE_URL: pathToFileURL(home.databaseDir).href.replace('file:', 'pglite:'),
  };
  for (const service of MESH_SERVICES) {
    const ports = servicePorts(service, portBase);
    const prefix = `ATHANOR_${service.toUpperCase()}_`;
    env[`${prefix}PORT`] = String(ports.public);
    env[`${prefix}ADMIN_PORT`] = String(ports.admin);
    env[`${prefix}NATS_USER`] = service;
    env[`${prefix}NATS_PASSWORD`] = secrets.natsPasswords[service];
    env[`${prefix}BLOB_URL`] = pathToFileURL(join(home.blobsDir, service)).href;
    env[`ATHANOR_${service.toUpperCase()}_ADDRESS`] = `127.0.0.1:${ports.public}`;
  }
  return env;
}

function tuning(inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(inherited).filter(
    ([name]) => name === 'PATH' || name === 'TZ' || name.startsWith('ATHANOR_'),
  );
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** All ports of a mesh, for the check that they are free. */
export function meshPorts(portBase: number): number[] {
  return Object.values(PORT_OFFSETS).flatMap(offsets => Object.values(offsets).map(offset => portBase + offset));
}
