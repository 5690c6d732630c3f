import { withRetry } from '@athanor/database';
import type { Kysely, Transaction } from 'kysely';
import type { ReceivedEvent } from '../event.js';
import type { InboxTables } from './inbox-table.js';

/**
 * `duplicate`: already applied. `stale`: a later version of the aggregate was already applied, so this one is skipped.
 */
export type ApplyOutcome = 'applied' | 'duplicate' | 'stale';

export interface InboxEntry {
  readonly consumer: string;
  readonly event: ReceivedEvent;
  /** Skip events older than the newest applied version of their aggregate. */
  readonly fenced: boolean;
}

/** Runs `effect` in the transaction that also records the event, so both happen once, however often it is delivered. */
export function applyOnce<DB extends InboxTables>(
  db: Kysely<DB>,
  entry: InboxEntry,
  effect: (trx: Transaction<DB>) => Promise<void>,
): Promise<ApplyOutcome> {
  return withRetry(() =>
    db.transaction().execute(async trx => {
      const inbox = trx as unknown as Transaction<InboxTables>;
      if (!(await recordEvent(inbox, entry))) return 'duplicate';
      if (entry.fenced && !(await raiseVersion(inbox, entry))) return 'stale';
      await effect(trx);
      return 'applied';
    }),
  );
}

export async function isApplied<DB extends InboxTables>(
  db: Kysely<DB>,
  consumer: string,
  eventId: string,
): Promise<boolean> {
  const inbox = db as unknown as Kysely<InboxTables>;
  const row = await inbox
    .selectFrom('inbox')
    .select('event_id')
    .where('consumer', '=', consumer)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row !== undefined;
}

async function recordEvent(trx: Transaction<InboxTables>, { consumer, event }: InboxEntry): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('inbox')
    .values({ consumer, event_id: event.id, applied_at: new Date() })
    .onConflict(conflict => conflict.columns(['consumer', 'event_id']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function raiseVersion(trx: Transaction<InboxTables>, { consumer, event }: InboxEntry): Promise<boolean> {
  const aggregate = event.subject.slice(0, event.subject.lastIndexOf('.'));
  const version = event.aggregateVersion;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('inbox_versions')
    .values({ consumer, aggregate, version })
    .onConflict(conflict =>
      conflict
        .columns(['consumer', 'aggregate'])
        .doUpdateSet({ version })
        .where('inbox_versions.version', '<', version),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
