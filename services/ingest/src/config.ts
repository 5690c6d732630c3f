import { servicePorts } from '@athanor/contracts';
import { type Environment, integer, loadConfig, serviceFields, stateFields } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('ingest');

export const ingestConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  /** Maximum size of an upload, and of an unpacked source; preparation holds all rows in memory. */
  MAX_UPLOAD_BYTES: integer({ min: 1, max: 2 ** 40, fallback: 4 * 2 ** 30 }),
});

export type IngestConfig = z.output<typeof ingestConfigSchema>;

export function loadIngestConfig(env: Environment): IngestConfig {
  return loadConfig(ingestConfigSchema, 'ingest', env);
}
