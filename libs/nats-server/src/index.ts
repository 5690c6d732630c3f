export { type Environment, findOnPath, isExecutable, runCommand } from './command.js';
export { type FailedAttempt, NatsServerNotFoundError, NatsServerStartError } from './errors.js';
export {
  defaultSources,
  type FindOptions,
  type FindProgress,
  type FoundNatsServer,
  findNatsServer,
  toolCacheDir,
} from './find-nats-server.js';
export { type LifelineProcess, spawnWithLifeline } from './lifeline.js';
export { PINNED_VERSION } from './pins.js';
export type { NatsPermissions, NatsUser } from './server-config.js';
export type { ServerSource, SourceContext } from './source.js';
export { archiveSource } from './sources/archive.js';
export { cacheSource } from './sources/cache.js';
export { environmentSource } from './sources/environment.js';
export { goSource } from './sources/go.js';
export { pathSource } from './sources/path.js';
export { wheelSource } from './sources/wheel.js';
export { type NatsServer, type NatsServerExit, type StartOptions, startNatsServer } from './start-nats-server.js';
export { isAtLeast, type ServerVersion } from './version.js';
