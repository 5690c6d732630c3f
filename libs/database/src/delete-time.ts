import { sql } from 'kysely';

/**
 * Deletion time of a row with `create_time` and `delete_time`: now, but later than its creation and its previous
 * deletion, whatever the clock says, so that the time in milliseconds can be the version in the deletion's event.
 */
export function deleteTime() {
  return sql<Date>`greatest(clock_timestamp(), create_time + interval '1 ms', delete_time + interval '1 ms')`;
}
