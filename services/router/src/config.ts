import { servicePorts } from '@athanor/contracts';
import { type Environment, eventFields, integer, loadConfig, serviceFields, text } from '@athanor/service';
import { z } from 'zod';

// The router has no mesh listener, because no service calls it.
const { public: port, admin: adminPort } = servicePorts('router');

export const routerConfigSchema = z.object({
  ...serviceFields({ port, adminPort }),
  /** Tensors are larger than other services' messages. */
  MAX_MESSAGE_BYTES: integer({ min: 1_024, max: 2_147_483_647, fallback: 64 * 1024 * 1024 }),
  /** A request is in memory twice while it is forwarded: as received, and as sent. */
  MAX_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 192 * 1024 * 1024 }),
  MAX_CONNECTION_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 96 * 1024 * 1024 }),
  ...eventFields(),
  REGISTRY_ADDRESS: text(`127.0.0.1:${servicePorts('registry').public}`),
  /** JSON file: {"pools": [{"name", "address": "host:port", "models": ["*"]}]}. */
  POOLS_FILE: text(),
  /** Interval at which the addresses of the pools' processes are looked up. */
  ENDPOINTS_INTERVAL_MS: integer({ min: 100, max: 600_000, fallback: 1_000 }),
  /** Interval at which the registry is asked for the desired state, in addition to each event. */
  RECONCILE_INTERVAL_MS: integer({ min: 100, max: 3_600_000, fallback: 10_000 }),
});

export type RouterConfig = z.output<typeof routerConfigSchema>;

export function loadRouterConfig(env: Environment): RouterConfig {
  return loadConfig(routerConfigSchema, 'router', env);
}
