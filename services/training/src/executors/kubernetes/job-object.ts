import { readFile } from 'node:fs/promises';
import type { WorkOrder } from '../../runner/work-order.js';
import type { AttemptStart } from '../executor.js';
import type { Job, PodTemplate } from './objects.js';

/** The volume of the template whose secret is an attempt's work order. */
export const WORK_ORDER_VOLUME = 'work-order';
/** Where the template mounts it. */
const WORK_ORDER_FOLDER = '/var/run/athanor';

export const ATTEMPT_LABEL = 'athanor.dev/attempt';
export const JOB_LABEL = 'athanor.dev/job';
/** Of the template: which release's attempts these are, where several share a namespace. */
export const RELEASE_LABEL = 'athanor.dev/release';

/** Reads the Job that each attempt is a copy of. Throws with what is missing in it. */
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

/** The Job of an attempt: the template with names, labels and the secret's name. */
export function toJob(template: Job, { attemptId, jobId }: AttemptStart): Job {
  const name = jobName(attemptId);
  const labels = { [ATTEMPT_LABEL]: attemptId, [JOB_LABEL]: jobId };
  const { template: pod } = template.spec;
  return {
    ...template,
    metadata: { ...template.metadata, name, labels: { ...template.metadata.labels, ...labels } },
    spec: {
      ...template.spec,
      // One attempt, one pod: what comes after a failure is a new attempt, with an epoch of its own.
      backoffLimit: 0,
      // A pod has failed when it is over, not when its end begins: until then it checkpoints. (The default of 1.30 and older.)
      podReplacementPolicy: 'Failed',
      template: withSecret(
        { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } } },
        name,
      ),
    },
  };
}

/** "athanor-attempt-<hex>": ids of attempts begin with "attempt-" (jobs/job-id.ts) and are names of Kubernetes as they are. */
export function jobName(attemptId: string): string {
  return `athanor-${attemptId}`;
}

function withSecret(pod: PodTemplate, secretName: string): PodTemplate {
  const volumes = pod.spec.volumes?.map(volume =>
    volume.name === WORK_ORDER_VOLUME ? { ...volume, secret: { ...volume.secret, secretName } } : volume,
  );
  return { ...pod, spec: { ...pod.spec, ...(volumes && { volumes }) } };
}

/** The secret that holds what an attempt may know. It goes with its Job. */
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
