import { servicePorts } from '@athanor/contracts';
import { type Environment, integer, loadConfig, serviceFields, stateFields } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('ingest');

export const ingestConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  /** Maximum size of an upload, and of the unpacked sources of a version; IDX files are held in memory. */
  MAX_UPLOAD_BYTES: integer({ min: 1, max: 2 ** 40, fallback: 4 * 2 ** 30 }),
  /**
   * Memory for the data of one import, in MiB; more is kept on disk. Its process takes about 300 MiB more, and while
   * images are decoded up to 500 MiB for each thread.
   */
  IMPORT_MEMORY_MIB: integer({ min: 128, max: 1_048_576, fallback: 1_024 }),
  IMPORT_THREADS: integer({ min: 1, max: 1_024, fallback: 2 }),
  /** Imports at the same time; further ones are queued. Each has a process with the memory and threads above. */
  MAX_IMPORTS: integer({ min: 1, max: 64, fallback: 2 }),
  /** An import that takes longer fails. */
  IMPORT_DEADLINE_MS: integer({ min: 1_000, max: 86_400_000, fallback: 3_600_000 }),
});

export type IngestConfig = z.output<typeof ingestConfigSchema>;

export function loadIngestConfig(env: Environment): IngestConfig {
  return loadConfig(ingestConfigSchema, 'ingest', env);
}
