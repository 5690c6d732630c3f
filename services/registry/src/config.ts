import { servicePorts } from '@athanor/contracts';
import { type Environment, integer, loadConfig, serviceFields, stateFields, text } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('registry');

export const registryConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  /** Addresses of the services that registration reads from. */
  INGEST_ADDRESS: text(`127.0.0.1:${servicePorts('ingest').public}`),
  TRAINING_ADDRESS: text(`127.0.0.1:${servicePorts('training').public}`),
  /** Maximum size of an imported model, and of each upload; it is copied to the temporary folder while it is checked. */
  MAX_MODEL_BYTES: integer({ min: 1, max: 2 ** 40, fallback: 4 * 2 ** 30 }),
  /** Imports of models at the same time; each loads its model in a process of its own. */
  MAX_MODEL_IMPORTS: integer({ min: 1, max: 64, fallback: 2 }),
  /** An import of a model that takes longer fails. */
  MODEL_IMPORT_DEADLINE_MS: integer({ min: 1_000, max: 86_400_000, fallback: 900_000 }),
});

export type RegistryConfig = z.output<typeof registryConfigSchema>;

export function loadRegistryConfig(env: Environment): RegistryConfig {
  return loadConfig(registryConfigSchema, 'registry', env);
}
