import { sql } from 'kysely';

/**
 * When a row with `create_time` and `delete_time` is deleted: now, but later than it was made and than it was deleted before,
 * whatever the clock says, so that the time in milliseconds can be the version of the deletion's event.
 */
export function deleteTime() {
  return sql<Date>`greatest(clock_timestamp(), create_time + interval '1 ms', delete_time + interval '1 ms')`;
}
