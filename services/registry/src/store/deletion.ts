import { deleteTime } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import { sql } from 'kysely';
import type { ModelRow, Trx } from './models.js';

const PARTS = ['model_versions', 'version_jobs', 'version_imports', 'alias_moves', 'gates'] as const;

/**
 * Deletes all parts of a model and appends the event. The caller holds the model's lock. Its row and those of its
 * aliases stay, hidden: numbers and revisions are never reused, since they are part of event ids.
 */
export async function deleteModel(trx: Trx, model: ModelRow, actor: string): Promise<void> {
  const { tenant, name, latest_version: deleted_version } = model;
  for (const part of PARTS)
    await trx.deleteFrom(part).where('tenant', '=', tenant).where('model_name', '=', name).execute();
  await trx
    .updateTable('aliases')
    .set({ version: 0, update_time: new Date() })
    .where('tenant', '=', tenant)
    .where('model_name', '=', name)
    .execute();
  const deleted = await trx
    .updateTable('models')
    .set({ description: '', delete_time: deleteTime(), deleted_version })
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .returning(sql<Date>`delete_time`.as('time'))
    .executeTakeFirstOrThrow();
  // Not the number of its latest version: a gate can recreate a model without one.
  const aggregateVersion = deleted.time.getTime();
  const payload = { name, actor };
  await appendEvent(trx, { type: 'model.deleted', tenant, aggregateId: name, aggregateVersion, payload });
}
