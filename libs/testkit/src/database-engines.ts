import { startPostgres } from './postgres.js';

/** A database that a suite is run on, for `describe.each`. */
export interface TestEngine {
  /** For the suite's name; says why, where it is skipped. */
  readonly name: string;
  /** Of an empty database, as `openDatabase` takes it. */
  readonly url: string;
  readonly skip: boolean;
}

export interface TestEngines {
  readonly engines: readonly TestEngine[];
  stop(): Promise<void>;
}

/** PGlite always, and a real PostgreSQL where this machine has one. */
export async function startDatabaseEngines(): Promise<TestEngines> {
  const postgres = await startPostgres();
  const pglite = { name: 'PGlite', url: 'pglite:', skip: false };
  if (!postgres.available)
    return { engines: [pglite, { name: postgres.reason, url: '', skip: true }], stop: async () => {} };
  return { engines: [pglite, { name: 'PostgreSQL', url: postgres.url, skip: false }], stop: () => postgres.stop() };
}
