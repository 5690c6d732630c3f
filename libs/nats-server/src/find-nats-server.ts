/*
 * Finds or downloads nats-server: an installed one, else the cached one, else the pinned version from the most trusted
 * source first. Each way is a source; the order is the table below.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Environment, runCommand } from './command.js';
import { type FailedAttempt, NatsServerNotFoundError } from './errors.js';
import { currentPlatform, type ServerPlatform } from './platform.js';
import type { ServerSource, SourceContext } from './source.js';
import { archiveSource } from './sources/archive.js';
import { cacheSource } from './sources/cache.js';
import { environmentSource } from './sources/environment.js';
import { goSource } from './sources/go.js';
import { pathSource } from './sources/path.js';
import { wheelSource } from './sources/wheel.js';
import { isAtLeast, MINIMUM_VERSION, parseServerVersion, type ServerVersion, WANTED_VERSION } from './version.js';

export interface FoundNatsServer {
  readonly path: string;
  readonly version: ServerVersion;
  /** Name of the source. */
  readonly source: string;
}

export interface FindProgress {
  readonly source: string;
  readonly state: 'working' | 'skipped' | 'found';
  readonly detail: string;
}

export interface FindOptions {
  readonly env: Environment;
  readonly cacheDir: string;
  readonly platform?: ServerPlatform | undefined;
  readonly onProgress?: (progress: FindProgress) => void;
  readonly signal?: AbortSignal;
  readonly sources?: readonly ServerSource[];
}

const VERSION_TIMEOUT_MS = 15_000;

export function defaultSources(): readonly ServerSource[] {
  return [environmentSource(), pathSource(), cacheSource(), archiveSource(), wheelSource(), goSource()];
}

/** `ATHANOR_TOOL_CACHE`, else `athanor/tools` in the user's cache folder. */
export function toolCacheDir(env: Environment): string {
  const userCache = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return env.ATHANOR_TOOL_CACHE || join(userCache, 'athanor', 'tools');
}

/**
 * The first source with 2.10 or newer wins. A 2.9 is used only if nothing newer can be obtained, unless the user
 * configured it explicitly.
 *
 * @throws NatsServerNotFoundError with every source and its reason.
 */
export async function findNatsServer(options: FindOptions): Promise<FoundNatsServer> {
  const { sources = defaultSources(), onProgress = () => {}, signal } = options;
  const attempts: FailedAttempt[] = [];
  let older: FoundNatsServer | undefined;
  for (const source of sources) {
    signal?.throwIfAborted();
    try {
      const found = await trySource(source, options);
      if (source.explicit || isAtLeast(found.version, WANTED_VERSION)) return announce(found, onProgress);
      older ??= found;
      const reason = `${found.path} is ${found.version.text}; looking for ${WANTED_VERSION.text} or newer`;
      onProgress({ source: source.name, state: 'skipped', detail: reason });
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      attempts.push({ source: source.name, reason });
      onProgress({ source: source.name, state: 'skipped', detail: reason });
    }
  }
  if (older) return announce(older, onProgress);
  throw new NatsServerNotFoundError(attempts);
}

async function trySource(source: ServerSource, options: FindOptions): Promise<FoundNatsServer> {
  const { env, cacheDir, onProgress, signal } = options;
  const platform = 'platform' in options ? options.platform : currentPlatform();
  const report: SourceContext['report'] = detail => onProgress?.({ source: source.name, state: 'working', detail });
  const path = await source.locate({ env, cacheDir, platform, report, signal });
  const printed = await runCommand(path, ['-v'], { env, timeoutMs: VERSION_TIMEOUT_MS, signal });
  const version = parseServerVersion(printed);
  if (!version) throw new Error(`${path} -v printed ${JSON.stringify(printed.slice(0, 80))}, expected a version`);
  if (!isAtLeast(version, MINIMUM_VERSION)) {
    throw new Error(`${path} is version ${version.text}, expected ${MINIMUM_VERSION.text} or newer`);
  }
  return { path, version, source: source.name };
}

function announce(found: FoundNatsServer, onProgress: (progress: FindProgress) => void): FoundNatsServer {
  onProgress({ source: found.source, state: 'found', detail: `${found.path} (${found.version.text})` });
  return found;
}
