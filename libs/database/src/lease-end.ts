import { sql } from 'kysely';

/** An SQL expression for the end of a lease by the database's clock, so that processes with different clocks agree. */
export function leaseEnd(leaseMs: number) {
  return sql<Date>`now() + ${leaseMs} * interval '1 millisecond'`;
}
