import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConnectionProvider, DatabaseConnection, Driver } from 'kysely';
import { NestedQueryError } from './database-error.js';

/** One use of a connection, visible to everything called during it. */
interface Lease {
  held: boolean;
}

/**
 * Gives each use a connection, and refuses a use nested in another one of the same call: the transaction's own handle
 * does not come through here, so a nested use would wait for the connection that its caller holds.
 */
export class GuardedConnections implements ConnectionProvider {
  readonly #driver: Driver;
  readonly #leases = new AsyncLocalStorage<Lease>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    if (this.#leases.getStore()?.held) throw new NestedQueryError();
    const connection = await this.#driver.acquireConnection();
    const lease: Lease = { held: true };
    try {
      return await this.#leases.run(lease, consumer, connection);
    } finally {
      lease.held = false;
      await this.#driver.releaseConnection(connection);
    }
  }
}
