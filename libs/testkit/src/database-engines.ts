import { startPostgres } from './postgres.js';

/** A database to run a suite on, for `describe.each`. */
export interface TestEngine {
  /** For the suite's name; if it is skipped, with the reason. */
  readonly name: string;
  /** URL of an empty database, for `openDatabase`. */
  readonly url: string;
  readonly skip: boolean;
}

export interface TestEngines {
  readonly engines: readonly TestEngine[];
  stop(): Promise<void>;
}

/** PGlite always, and PostgreSQL if it is available. */
export async function startDatabaseEngines(): Promise<TestEngines> {
  const postgres = await startPostgres();
  const pglite = { name: 'PGlite', url: 'pglite:', skip: false };
  if (!postgres.available)
    return { engines: [pglite, { name: postgres.reason, url: '', skip: true }], stop: async () => {} };
  return { engines: [pglite, { name: 'PostgreSQL', url: postgres.url, skip: false }], stop: () => postgres.stop() };
}
