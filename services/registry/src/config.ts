import { type Environment, loadConfig, serviceFields, text } from '@athanor/service';
import { servicePorts } from '@athanor/contracts';
import { z } from 'zod';

const { public: port, admin: adminPort } = servicePorts('registry');

export const registryConfigSchema = z.object({
  ...serviceFields({ port, adminPort }),
  DATABASE_URL: text(),
  BLOB_URL: text(),
  NATS_URL: text(),
  NATS_USER: text(),
  NATS_PASSWORD: text(),
  /** Where the services are that registration asks. */
  INGEST_ADDRESS: text(`127.0.0.1:${servicePorts('ingest').public}`),
  TRAINING_ADDRESS: text(`127.0.0.1:${servicePorts('training').public}`),
});

export type RegistryConfig = z.output<typeof registryConfigSchema>;

export function loadRegistryConfig(env: Environment): RegistryConfig {
  return loadConfig(registryConfigSchema, 'registry', env);
}
