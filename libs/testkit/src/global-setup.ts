import { SHARED_SERVER, startPostgresServer } from './postgres.js';

/** Starts one PostgreSQL for all files of a run, each of which gets a database in it. @returns a function that stops it. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.DATABASE_URL) return undefined;
  const server = await startPostgresServer();
  if (!server.available) return undefined;
  process.env[SHARED_SERVER] = server.url;
  return () => server.stop();
}
