import type { ServedModel } from '../served-models/served-model.js';

// One name on the wire and its versions: at most one serves requests, others are being loaded or unloaded.

/** Triton's repository states. */
export type VersionState = 'LOADING' | 'READY' | 'UNLOADING' | 'UNAVAILABLE';

export interface VersionEntry {
  readonly version: string;
  state: VersionState;
  /** Why it is not ready; empty if no reason is known. */
  reason: string;
  /** Why it could not be loaded. */
  failure: string;
  /** It is not reloaded until the deployment changes. */
  isQuarantined: boolean;
  /** Undefined while it loads and if it could not be loaded. */
  model: ServedModel | undefined;
  /** Answers the accepted requests, then gives memory and files back. */
  unload: () => Promise<void>;
}

export class Deployment {
  readonly tenant: string;
  readonly name: string;
  /** The revision that was reached last; 0: none yet. */
  revision = 0;
  /** Its owner wants nothing to be loaded. */
  isStopped = false;
  /** The version to serve, also while it is stopped; empty if its alias points to none. */
  wantedVersion = '';
  #entries: VersionEntry[] = [];
  #active: VersionEntry | undefined;

  constructor(tenant: string, name: string) {
    this.tenant = tenant;
    this.name = name;
  }

  /** The version that answers requests. */
  get active(): ServedModel | undefined {
    return this.#active?.model;
  }

  get entries(): readonly VersionEntry[] {
    return this.#entries;
  }

  /** The entry of a version; if there are several (one unloading, one loading), the more useful one. */
  find(version: string): VersionEntry | undefined {
    const entries = this.#entries.filter(entry => entry.version === version);
    return entries.find(entry => entry.state === 'READY') ?? entries.at(-1);
  }

  /** Whether only its owner keeps the version from being served. */
  isUnloaded(version: string): boolean {
    return this.isStopped && version === this.wantedVersion;
  }

  beginLoading(version: string): VersionEntry {
    const failed = this.#entries.find(entry => entry.state === 'UNAVAILABLE' && entry.version === version);
    const reason = failed === undefined ? '' : `it is reloaded after it failed: ${failed.failure}`;
    // Drops entries that could not be loaded, before the next attempt.
    this.forgetFailures();
    const entry: VersionEntry = {
      ...{ version, state: 'LOADING', reason, failure: '', isQuarantined: false, model: undefined },
      unload: async () => undefined,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** Switches requests to the new version. @returns the entry of the previous one. */
  activate(entry: VersionEntry, model: ServedModel, unload: () => Promise<void>): VersionEntry | undefined {
    const before = this.deactivate();
    Object.assign(entry, { model, unload, state: 'READY', reason: '' });
    this.#active = entry;
    return before;
  }

  /** Stops serving. @returns the entry that served. */
  deactivate(): VersionEntry | undefined {
    const before = this.#active;
    if (before !== undefined) before.state = 'UNLOADING';
    this.#active = undefined;
    return before;
  }

  /** Its instances crashed repeatedly: it stays in the list with the reason. */
  quarantine(entry: VersionEntry, reason: string): void {
    if (this.#active === entry) this.#active = undefined;
    this.fail(entry, `quarantined until the deployment changes: ${reason}`);
    entry.isQuarantined = true;
  }

  fail(entry: VersionEntry, reason: string): void {
    Object.assign(entry, { state: 'UNAVAILABLE', reason, failure: reason });
  }

  remove(entry: VersionEntry): void {
    this.#entries = this.#entries.filter(each => each !== entry);
  }

  forgetFailures(): void {
    this.#entries = this.#entries.filter(entry => entry.state !== 'UNAVAILABLE');
  }
}
