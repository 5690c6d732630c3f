import { timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { apiKeyId, hashApiKey } from './api-keys.js';
import { type ApiKeyEntry, parseKeysFile } from './keys-file.js';
import type { Principal } from './principal.js';

const RELOAD_INTERVAL_MS = 1_000;

/** The keys file, reloaded whenever it changes. If the new content is invalid the old keys stay valid. */
export class KeyRing {
  readonly #path: string;
  readonly #log: Logger;
  /** The permissions that "*" stands for. */
  readonly #keyPermissions: readonly string[];
  #entries = new Map<string, ApiKeyEntry>();
  #verified = new Map<string, { principal: Principal; expires: number }>();
  #version = '';
  #problem = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { path: string; log: Logger; keyPermissions: readonly string[] }) {
    this.#path = options.path;
    this.#log = options.log;
    this.#keyPermissions = options.keyPermissions;
  }

  async start(): Promise<void> {
    await this.#load();
    this.#timer = setInterval(() => void this.#reload(), RELOAD_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The holder of a key; undefined for an unknown, wrong or expired one. */
  verify(key: string): Principal | undefined {
    const known = this.#verified.get(key);
    if (known !== undefined) return known.expires > Date.now() ? known.principal : undefined;
    const entry = this.#entries.get(apiKeyId(key) ?? '');
    if (entry === undefined || !timingSafeEqual(Buffer.from(entry.hash), Buffer.from(hashApiKey(key))))
      return undefined;
    const expires = entry.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(entry.expires);
    const principal = this.#principal(entry);
    // Only valid keys are cached, so guesses cannot fill the map.
    this.#verified.set(key, { principal, expires });
    return expires > Date.now() ? principal : undefined;
  }

  #principal(entry: ApiKeyEntry): Principal {
    const permissions = new Set(entry.permissions.includes('*') ? this.#keyPermissions : entry.permissions);
    return { kind: 'key', id: entry.id, tenant: entry.tenant, actor: `key:${entry.id}`, permissions };
  }

  async #load(): Promise<void> {
    const read = await this.#readIfChanged().catch((error: unknown) => {
      throw unreadable(this.#path, error);
    });
    if (read === undefined) return;
    const { entries, version } = read;
    this.#entries = new Map(entries.map(entry => [entry.id, entry]));
    this.#verified.clear();
    this.#version = version;
  }

  async #readIfChanged(): Promise<{ entries: ApiKeyEntry[]; version: string } | undefined> {
    const { mtimeMs, size, ino } = await stat(this.#path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.#version) return undefined;
    return { entries: parseKeysFile(await readFile(this.#path, 'utf8')), version };
  }

  async #reload(): Promise<void> {
    try {
      await this.#load();
      this.#problem = '';
    } catch (error) {
      const problem = (error as Error).message;
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.#log.error({ err: error, path: this.#path }, 'the keys file cannot be read; the previous keys stay valid');
    }
  }
}

/** The error names the file and lists all problems. */
function unreadable(path: string, error: unknown): Error {
  const problems =
    error instanceof z.ZodError ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
  const why = problems.length > 0 ? problems.join('; ') : (error as Error).message;
  const remedy = 'expected a JSON file {"keys": [{"id", "hash", "tenant", "permissions"}]}';
  return new Error(`API_KEYS_FILE: ${path} cannot be read: ${why}; ${remedy}`, { cause: error });
}
