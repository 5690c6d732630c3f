import { join } from 'node:path';
import { isAtLeast, type ServerVersion, WANTED_VERSION } from './version.js';

/** Subjects that a user may publish and subscribe to; NATS wildcards; deny overrides allow. Default: all. */
export interface NatsPermissions {
  readonly publish?: readonly string[] | { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe?: readonly string[];
}

export interface NatsUser {
  readonly user: string;
  readonly password: string;
  readonly permissions?: NatsPermissions;
}

export interface ServerConfigInput {
  readonly version: ServerVersion;
  readonly dataDir: string;
  readonly serverName: string;
  readonly host: string;
  /** 0: the server chooses a free one and writes it to a `.ports` file in `dataDir`. */
  readonly port: number;
  readonly users: readonly NatsUser[];
}

/** The server's configuration as JSON, a subset of its format. Without a user nobody can connect. */
export function renderServerConfig(input: ServerConfigInput): string {
  const config = {
    server_name: input.serverName,
    host: input.host,
    port: input.port === 0 ? -1 : input.port,
    ports_file_dir: input.dataDir,
    jetstream: {
      store_dir: join(input.dataDir, 'jetstream'),
      // Before 2.10 the option is an error, and the file system decides when to sync (Jepsen's NATS 2.12.1 report).
      ...(isAtLeast(input.version, WANTED_VERSION) ? { sync_interval: 'always' } : {}),
    },
    authorization: { users: input.users },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
