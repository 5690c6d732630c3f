import { servicePorts } from '@athanor/contracts';
import { parseSelectors } from '@athanor/placement';
import { GPU_MODES } from '@athanor/runtime';
import { type Environment, eventFields, integer, loadConfig, serviceFields, text } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('inference');

export const inferenceConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  /** Tensors are larger than other services' messages. */
  MAX_MESSAGE_BYTES: integer({ min: 1_024, max: 2_147_483_647, fallback: 64 * 1024 * 1024 }),
  MAX_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 512 * 1024 * 1024 }),
  MAX_CONNECTION_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 256 * 1024 * 1024 }),
  ...eventFields(),
  REGISTRY_ADDRESS: text(`127.0.0.1:${servicePorts('registry').public}`),
  /** The pool that this process belongs to, used in logs and metrics. */
  POOL: text('default'),
  /** What the pool serves, a JSON array of selectors: "*", a deployment's name, model@alias or model@version. */
  POOL_MODELS: selectors(),
  /**
   * Of deployments without a setting of their own. off: models run on the CPU. preferred: falls back to the CPU with a
   * warning; required: does not start without a GPU.
   */
  GPU: z.enum(GPU_MODES, `expected ${GPU_MODES.join(', ')}`).default('off'),
  /**
   * Memory of the processes of all models together, MiB. Default: three quarters of the container's limit, or of the
   * machine.
   */
  MODEL_MEMORY_MB: z.coerce.number('expected a whole number of MiB from 64').int().min(64).max(16_777_216).optional(),
  /** Interval at which the registry is asked for the desired state, in addition to each event. */
  RECONCILE_INTERVAL_MS: integer({ min: 100, max: 3_600_000, fallback: 10_000 }),
});

/** Selectors of deployments, validated here so that a mistake is reported at start-up. */
function selectors() {
  return z
    .string()
    .default('["*"]')
    .transform((json, context) => {
      try {
        const texts = z.array(z.string()).min(1).parse(JSON.parse(json));
        parseSelectors(texts);
        return texts;
      } catch (error) {
        const message = error instanceof z.ZodError ? 'a JSON array of at least one string' : (error as Error).message;
        context.addIssue(`expected selectors of deployments: ${message}`);
        return z.NEVER;
      }
    });
}

export type InferenceConfig = z.output<typeof inferenceConfigSchema>;

export function loadInferenceConfig(env: Environment): InferenceConfig {
  return loadConfig(inferenceConfigSchema, 'inference', env);
}
