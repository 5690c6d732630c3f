import type { ServedModel } from '../served-models/served-model.js';

// One name on the wire and its versions: at most one serves requests, others are being loaded or unloaded.

/** Triton's repository states. */
export type VersionState = 'LOADING' | 'READY' | 'UNLOADING' | 'UNAVAILABLE';

export interface VersionEntry {
  readonly version: string;
  state: VersionState;
  /** Why it is not ready; empty if no reason is known. */
  reason: string;
  /** Undefined while it loads and if it could not be loaded. */
  model: ServedModel | undefined;
}

export class Deployment {
  readonly tenant: string;
  readonly name: string;
  #entries: VersionEntry[] = [];
  #active: ServedModel | undefined;

  constructor(tenant: string, name: string) {
    this.tenant = tenant;
    this.name = name;
  }

  /** The version that answers requests. */
  get active(): ServedModel | undefined {
    return this.#active;
  }

  get entries(): readonly VersionEntry[] {
    return this.#entries;
  }

  /** The entry of a version; if there are several (one unloading, one loading), the more useful one. */
  find(version: string): VersionEntry | undefined {
    const entries = this.#entries.filter(entry => entry.version === version);
    return entries.find(entry => entry.state === 'READY') ?? entries.at(-1);
  }

  beginLoading(version: string): VersionEntry {
    // Drops entries that could not be loaded, before the next attempt.
    this.#entries = this.#entries.filter(entry => entry.state !== 'UNAVAILABLE');
    const entry: VersionEntry = { version, state: 'LOADING', reason: '', model: undefined };
    this.#entries.push(entry);
    return entry;
  }

  /** Switches requests to the new version. @returns the entry of the previous one. */
  activate(entry: VersionEntry, model: ServedModel): VersionEntry | undefined {
    const before = this.deactivate();
    entry.model = model;
    entry.state = 'READY';
    this.#active = model;
    return before;
  }

  /** Stops serving. @returns the entry that served. */
  deactivate(): VersionEntry | undefined {
    const before = this.#entries.find(entry => entry.model !== undefined && entry.model === this.#active);
    if (before !== undefined) before.state = 'UNLOADING';
    this.#active = undefined;
    return before;
  }

  fail(entry: VersionEntry, reason: string): void {
    entry.state = 'UNAVAILABLE';
    entry.reason = reason;
  }

  remove(entry: VersionEntry): void {
    this.#entries = this.#entries.filter(each => each !== entry);
  }

  forgetFailures(): void {
    this.#entries = this.#entries.filter(entry => entry.state !== 'UNAVAILABLE');
  }
}
