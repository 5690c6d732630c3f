import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelFile } from '@athanor/contracts/registry';

/** The files of a version that are needed to serve it. */
export interface VersionFiles {
  readonly tenant: string;
  readonly versionDigest: string;
  readonly files: readonly ModelFile[];
  readonly signal: AbortSignal;
  /** Trace of the event that caused the load, if any. */
  readonly traceparent?: string | undefined;
}

/** Fetches the files into an empty folder. */
export type FetchFiles = (version: VersionFiles, folder: string) => Promise<void>;

/** A version's files on disk, until it is released. */
export interface ModelFolder {
  readonly path: string;
  release(): Promise<void>;
}

interface Entry {
  readonly path: string;
  readonly fetched: Promise<void>;
  users: number;
}

const PREFIX = 'athanor-inference-';

/**
 * The files of the loaded versions, which runtimes read when an instance starts. Deployments of the same version share
 * them; they are deleted with the last one.
 */
export class ModelFolders {
  readonly #fetch: FetchFiles;
  readonly #entries = new Map<string, Entry>();
  readonly #root: string;
  #count = 0;

  constructor(fetch: FetchFiles) {
    this.#fetch = fetch;
    removeLeftovers();
    this.#root = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  }

  async acquire(version: VersionFiles): Promise<ModelFolder> {
    const key = `${version.tenant} ${version.versionDigest}`;
    const entry = this.#entries.get(key) ?? this.#open(key, version);
    entry.users++;
    const release = async () => {
      if (--entry.users > 0) return;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      await rm(entry.path, { recursive: true, force: true });
    };
    try {
      await entry.fetched;
    } catch (error) {
      this.#entries.delete(key);
      await release();
      throw error;
    }
    return { path: entry.path, release };
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #open(key: string, version: VersionFiles): Entry {
    const path = join(this.#root, String(++this.#count));
    const fetched = mkdir(path).then(() => this.#fetch(version, path));
    // Reported by whoever waits for it.
    fetched.catch(() => undefined);
    const entry: Entry = { path, fetched, users: 0 };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** Of processes that were killed. One with this process's number is older than this process. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter(each => each.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (pid !== process.pid && isRunning(pid)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
