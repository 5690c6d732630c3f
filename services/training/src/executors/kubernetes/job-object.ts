import { readFile } from 'node:fs/promises';
import type { WorkOrder } from '../../runner/work-order.js';
import type { AttemptStart } from '../executor.js';
import type { Job, PodTemplate } from './objects.js';

/** Volume of the template that the attempt's secret (its work order) is mounted from. */
export const WORK_ORDER_VOLUME = 'work-order';
/** Mount path in the template. */
const WORK_ORDER_FOLDER = '/var/run/athanor';

export const ATTEMPT_LABEL = 'athanor.dev/attempt';
export const JOB_LABEL = 'athanor.dev/job';
/** Label of the template with the release, since several releases may share a namespace. */
export const RELEASE_LABEL = 'athanor.dev/release';

/** Reads the template of the Jobs. Throws an error that says what is missing. */
export async function readJobTemplate(path: string): Promise<Job> {
  const problem = (what: string) => new Error(`JOB_TEMPLATE_FILE: ${path}: ${what}`);
  let template: Partial<Job> & { kind?: string };
  try {
    template = JSON.parse(await readFile(path, 'utf8')) as Partial<Job>;
  } catch (cause) {
    throw problem(`expected the JSON of a batch/v1 Job: ${(cause as Error).message}`);
  }
  if (template.kind !== 'Job' || template.spec?.template?.spec === undefined) throw problem('expected a batch/v1 Job');
  if (template.metadata?.labels?.[RELEASE_LABEL] === undefined)
    throw problem(`expected the label ${RELEASE_LABEL}, by which attempts are found again`);
  if (!template.spec.template.spec.volumes?.some(({ name }) => name === WORK_ORDER_VOLUME))
    throw problem(`expected a volume '${WORK_ORDER_VOLUME}', mounted at ${WORK_ORDER_FOLDER}`);
  return template as Job;
}

/** The Job of an attempt: the template with its name, labels and secret. */
export function toJob(template: Job, { attemptId, jobId }: AttemptStart): Job {
  const name = jobName(attemptId);
  const labels = { [ATTEMPT_LABEL]: attemptId, [JOB_LABEL]: jobId };
  const { template: pod } = template.spec;
  return {
    ...template,
    metadata: { ...template.metadata, name, labels: { ...template.metadata.labels, ...labels } },
    spec: {
      ...template.spec,
      // One attempt is one pod: after a failure the service starts a new attempt with a new fencing token.
      backoffLimit: 0,
      // A pod counts as failed when it has terminated, not when its termination begins, because it checkpoints until
      // then. (Default up to Kubernetes 1.30: when it begins.)
      podReplacementPolicy: 'Failed',
      template: withSecret(
        { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } } },
        name,
      ),
    },
  };
}

/** "athanor-attempt-<hex>": attempt ids begin with "attempt-" (jobs/job-id.ts) and are valid Kubernetes names. */
export function jobName(attemptId: string): string {
  return `athanor-${attemptId}`;
}

function withSecret(pod: PodTemplate, secretName: string): PodTemplate {
  const volumes = pod.spec.volumes?.map(volume =>
    volume.name === WORK_ORDER_VOLUME ? { ...volume, secret: { ...volume.secret, secretName } } : volume,
  );
  return { ...pod, spec: { ...pod.spec, ...(volumes && { volumes }) } };
}

/** The secret with everything that the attempt needs to know. It is deleted with its Job. */
export function toSecret(
  { metadata: { name, uid } }: Job,
  order: Pick<WorkOrder, 'address' | 'attemptId' | 'token'>,
  ca: string | undefined,
): object {
  const complete: WorkOrder = { ...order, ...(ca !== undefined && { caFile: `${WORK_ORDER_FOLDER}/ca.crt` }) };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }] },
    type: 'Opaque',
    immutable: true,
    stringData: { 'work-order.json': JSON.stringify(complete), ...(ca !== undefined && { 'ca.crt': ca }) },
  };
}
