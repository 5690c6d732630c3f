import { servicePorts } from '@athanor/contracts';
import { type Environment, integer, loadConfig, serviceFields, stateFields, text } from '@athanor/service';
import { z } from 'zod';

const { public: port, admin: adminPort, mesh: meshPort } = servicePorts('training');

export const trainingConfigSchema = z.object({
  ...serviceFields({ port, adminPort, meshPort }),
  ...stateFields(),
  INGEST_ADDRESS: text(`127.0.0.1:${servicePorts('ingest').public}`),
  /** Where attempts reach this service: with TLS by a name of the certificate. Without it its own port on 127.0.0.1. */
  ATTEMPT_ADDRESS: text().optional(),
  /** PEM file of the authority of that address's certificate. Without it the mesh's. */
  ATTEMPT_CA_FILE: text().optional(),
  /** Where attempts run: in child processes, or each in a Kubernetes Job of its own. */
  EXECUTOR: z.enum(['local', 'kubernetes'], 'expected local or kubernetes').default('local'),
  /** Local only: whether attempts run on this machine's GPU. In a cluster the Job says so (ATHANOR_GPU of its container). */
  GPU: z.enum(['off', 'preferred', 'required'], 'expected off, preferred or required').default('off'),
  /** Kubernetes only. JSON file with the batch/v1 Job that each attempt is a copy of. */
  JOB_TEMPLATE_FILE: text().optional(),
  /** Kubernetes only. Where the Jobs are made; without it the service account's own namespace. */
  JOB_NAMESPACE: text().optional(),
  KUBERNETES_URL: text('https://kubernetes.default.svc'),
  /** Folder with the service account's token, ca.crt and namespace. */
  SERVICE_ACCOUNT_FOLDER: text('/var/run/secrets/kubernetes.io/serviceaccount'),
  /**
   * Attempts that run or are about to, at one place: a host's (EXECUTOR=local) or, of all replicas together, a release's
   * (EXECUTOR=kubernetes). In a cluster an attempt that cannot begin (no node, quota, a queue, an image) takes no slot, so
   * that it stops no other; of those and the others four times as many may be open. When the cluster has room again they may
   * all begin: what bounds them then are its quotas and queues.
   */
  SLOTS: integer({ min: 1, max: 1_024, fallback: 1 }),
  /**
   * Threads of a job that asks for none; the bits of its result depend on them. One, whatever the machine: measured on the
   * reference network it is as fast as two within 10 % and steadier, and the same job gives the same bits everywhere.
   */
  CPU_THREADS: integer({ min: 1, max: 1_024, fallback: 1 }),
  /** An attempt that is not heard of for so long is given up. */
  LEASE_MS: integer({ min: 1_000, max: 3_600_000, fallback: 15_000 }),
  /** A job fails when so many attempts in a row were lost without a checkpoint. */
  MAX_ATTEMPTS: integer({ min: 1, max: 1_000, fallback: 10 }),
  /** Between asking an attempt to stop and ending it by force. */
  STOP_GRACE_MS: integer({ min: 100, max: 3_600_000, fallback: 10_000 }),
});

export type TrainingConfig = z.output<typeof trainingConfigSchema>;

export function loadTrainingConfig(env: Environment): TrainingConfig {
  return loadConfig(trainingConfigSchema, 'training', env);
}
