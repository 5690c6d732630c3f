import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LAPTOP_SERVICES, type LaptopService, SERVICES, servicePorts } from '@athanor/contracts';
import type { Home } from './home.js';
import type { Secrets } from './secrets.js';

export interface EnvironmentOptions {
  /** The services that the process hosts: it gets their variables, and no other service's. */
  readonly services: readonly LaptopService[];
  readonly home: Home;
  readonly secrets: Secrets;
  readonly portBase: number;
  readonly natsUrl: string;
  /** Variables passed on unchanged: PATH, and ATHANOR_* settings of a service. */
  readonly inherited: Inherited;
}

export type Inherited = Readonly<Record<string, string | undefined>>;

/** Variables of the caller that would change which mesh the processes belong to. */
export class InheritedVariablesError extends Error {
  override readonly name = 'InheritedVariablesError';
  readonly variables: readonly string[];

  constructor(variables: readonly string[]) {
    super(
      `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} set, but this mesh keeps blobs in its home and ` +
        'has a nats-server of its own; unset them, or start the services themselves (only ATHANOR_DATABASE_URL, a ' +
        'PostgreSQL, is accepted)',
    );
    this.variables = variables;
  }
}

const OWNED_BY_THE_MESH =
  /^ATHANOR_((INGEST|TRAINING|REGISTRY|INFERENCE)_)?(BLOB_URL|NATS_URL|NATS_USER|NATS_PASSWORD)$/;
const SERVICE_DATABASE_URL = /^ATHANOR_(INGEST|TRAINING|REGISTRY)_DATABASE_URL$/;
/** The caller's own settings, which services do not need: its credential and the CLI's settings. */
const CLI_VARIABLES = new Set([
  'ATHANOR_API_KEY',
  'ATHANOR_CONTEXT',
  'ATHANOR_CONFIG',
  'ATHANOR_HOME',
  'ATHANOR_CA_FILE',
]);

/** @throws InheritedVariablesError that lists all variables that would silently be overridden. */
export function checkInherited(inherited: Inherited): void {
  const names = Object.keys(inherited).filter(name => (inherited[name] ?? '').trim() !== '');
  const refused = names.filter(name => OWNED_BY_THE_MESH.test(name) || SERVICE_DATABASE_URL.test(name));
  if (refused.length > 0) throw new InheritedVariablesError(refused.sort());
}

/** The variables that start a process of the mesh: the same as in production, with other values. */
export function serviceEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { services, home, portBase, natsUrl, inherited } = options;
  const env: Record<string, string> = {
    ...tuning(inherited, services),
    ATHANOR_LIFELINE: 'stdin',
    ATHANOR_API_KEYS_FILE: home.apiKeysFile,
    ATHANOR_MESH_SECRET_FILE: home.meshSecretFile,
    ATHANOR_NATS_URL: natsUrl,
  };
  if (services.some(service => SERVICES[service].isStateful)) {
    env.ATHANOR_DATABASE_URL = inherited.ATHANOR_DATABASE_URL || embeddedDatabase(home);
  }
  for (const service of LAPTOP_SERVICES) {
    env[`${prefixOf(service)}ADDRESS`] = `127.0.0.1:${servicePorts(service, portBase).public}`;
  }
  return Object.assign(env, ...services.map(service => ownVariables(service, options)));
}

function ownVariables(service: LaptopService, { home, secrets, portBase }: EnvironmentOptions): Record<string, string> {
  const ports = servicePorts(service, portBase);
  const prefix = prefixOf(service);
  return {
    [`${prefix}PORT`]: String(ports.public),
    [`${prefix}ADMIN_PORT`]: String(ports.admin),
    [`${prefix}NATS_USER`]: service,
    [`${prefix}NATS_PASSWORD`]: secrets.natsPasswords[service],
    [`${prefix}BLOB_URL`]: pathToFileURL(join(home.blobsDir, service)).href,
  };
}

function embeddedDatabase(home: Home): string {
  return pathToFileURL(home.databaseDir).href.replace('file:', 'pglite:');
}

function prefixOf(service: LaptopService): string {
  return `ATHANOR_${service.toUpperCase()}_`;
}

function tuning(inherited: Inherited, services: readonly LaptopService[]): Record<string, string> {
  const others = LAPTOP_SERVICES.filter(service => !services.includes(service)).map(prefixOf);
  const isPassedOn = (name: string) =>
    name === 'PATH' ||
    name === 'TZ' ||
    name === 'NODE_COMPILE_CACHE' ||
    (name.startsWith('ATHANOR_') &&
      name !== 'ATHANOR_DATABASE_URL' &&
      !CLI_VARIABLES.has(name) &&
      !others.some(prefix => name.startsWith(prefix)));
  const kept = Object.entries(inherited).filter(([name]) => isPassedOn(name));
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
