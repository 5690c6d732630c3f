import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { type App, Closing, type Telemetry } from '@athanor/service';

type StartApp = (database: DatabaseEngine) => Promise<App>;

/** Starts the services on one database; stops them in reverse order, the database last. */
export async function startControl(
  databaseUrl: string,
  log: Telemetry['log'],
  starts: readonly StartApp[],
): Promise<App> {
  const closing = new Closing();
  try {
    const database = await openDatabase(databaseUrl, { log });
    closing.add(() => database.close());
    for (const start of starts) {
      const app = await start(database);
      closing.add(() => app.stop());
    }
    return { stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
