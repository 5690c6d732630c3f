import { sql } from 'kysely';

/** An expression for the time so long from now, by the database's clock: processes with other clocks agree on it. */
export function leaseEnd(leaseMs: number) {
  return sql<Date>`now() + ${leaseMs} * interval '1 millisecond'`;
}
