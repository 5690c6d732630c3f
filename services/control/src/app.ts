import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { type App, Closing, type Telemetry } from '@athanor/service';

type StartApp = (database: DatabaseEngine) => Promise<App>;

/**
 * Starts the services on one database, all at once: while one waits for NATS, another migrates its schema. They are
 * stopped in reverse order, the database last.
 */
export async function startControl(
  databaseUrl: string,
  log: Telemetry['log'],
  starts: readonly StartApp[],
): Promise<App> {
  const closing = new Closing();
  try {
    const database = await openDatabase(databaseUrl, { log });
    closing.add(() => database.close());
    const started = await Promise.allSettled(starts.map(start => start(database)));
    for (const each of started) if (each.status === 'fulfilled') closing.add(() => each.value.stop());
    const reasons = started.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
    if (reasons.length > 0) throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons, reasons.join('; '));
    return { stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
