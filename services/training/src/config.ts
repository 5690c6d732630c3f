import { servicePorts } from '@athanor/contracts';
import { type Environment, integer, loadConfig, serviceFields, stateFields, text } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('training');

export const trainingConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  INGEST_ADDRESS: text(`127.0.0.1:${servicePorts('ingest').public}`),
  /** Of imported models, to evaluate them. */
  REGISTRY_ADDRESS: text(`127.0.0.1:${servicePorts('registry').public}`),
  /**
   * Address under which attempts reach this service; with TLS, a name in its certificate. Default: its own port on
   * 127.0.0.1.
   */
  ATTEMPT_ADDRESS: text().optional(),
  /** PEM file of the certificate authority of that address. Default: the mesh's. */
  ATTEMPT_CA_FILE: text().optional(),
  /** Where attempts run: in child processes, or each in its own Kubernetes Job. */
  EXECUTOR: z.enum(['local', 'kubernetes'], 'expected local or kubernetes').default('local'),
  /** Local only: whether attempts use this machine's GPU. On Kubernetes, ATHANOR_GPU of the Job's container decides. */
  GPU: z.enum(['off', 'preferred', 'required'], 'expected off, preferred or required').default('off'),
  /** Kubernetes only. JSON file with the batch/v1 Job template of an attempt. */
  JOB_TEMPLATE_FILE: text().optional(),
  /** Kubernetes only. Namespace of the Jobs. Default: the service account's. */
  JOB_NAMESPACE: text().optional(),
  KUBERNETES_URL: text('https://kubernetes.default.svc'),
  /** Folder with the service account's token, ca.crt and namespace. */
  SERVICE_ACCOUNT_FOLDER: text('/var/run/secrets/kubernetes.io/serviceaccount'),
  /**
   * Maximum number of attempts that run or are starting: per host (EXECUTOR=local) or per release, across all replicas
   * (EXECUTOR=kubernetes). On Kubernetes an attempt that is blocked (no node, quota, queue, image) takes no slot, so it
   * does not hold up others; at most four times as many attempts may be open in total. When the cluster has capacity
   * again, all of them may start; its quotas and queues are the limit then.
   */
  SLOTS: integer({ min: 1, max: 1_024, fallback: 1 }),
  /**
   * Threads of a job that does not ask for a number; they decide the bits of its result. The default is 1 on every
   * machine: on the reference network it is as fast as 2 within 10 % and varies less, and the same job gives the same
   * bits everywhere.
   */
  CPU_THREADS: integer({ min: 1, max: 1_024, fallback: 1 }),
  /** An attempt without a heartbeat for this long is given up. */
  LEASE_MS: integer({ min: 1_000, max: 3_600_000, fallback: 15_000 }),
  /** A job fails after this many consecutive lost attempts without a new checkpoint. */
  MAX_ATTEMPTS: integer({ min: 1, max: 1_000, fallback: 10 }),
  /** Time between asking an attempt to stop and killing it. */
  STOP_GRACE_MS: integer({ min: 100, max: 3_600_000, fallback: 10_000 }),
});

export type TrainingConfig = z.output<typeof trainingConfigSchema>;

export function loadTrainingConfig(env: Environment): TrainingConfig {
  return loadConfig(trainingConfigSchema, 'training', env);
}
