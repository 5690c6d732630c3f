import { servicePorts } from '@athanor/contracts';
import { type Environment, loadConfig, serviceFields, stateFields, text } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('registry');

export const registryConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  /** Addresses of the services that registration reads from. */
  INGEST_ADDRESS: text(`127.0.0.1:${servicePorts('ingest').public}`),
  TRAINING_ADDRESS: text(`127.0.0.1:${servicePorts('training').public}`),
});

export type RegistryConfig = z.output<typeof registryConfigSchema>;

export function loadRegistryConfig(env: Environment): RegistryConfig {
  return loadConfig(registryConfigSchema, 'registry', env);
}
