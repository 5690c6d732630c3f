import { readFile } from 'node:fs/promises';
import {
  type AttemptChannel,
  type AttemptStart,
  type Executor,
  ExecutorUnavailable,
  type Finding,
  type Findings,
  type GivenAttempt,
  NO_FINDINGS,
  type Waiting,
} from '../executor.js';
import { isUnavailable, type KubernetesApi } from './api.js';
import { classifyPod, isFinished, POD_PENDING } from './classify-pod.js';
import { ATTEMPT_LABEL, jobName, RELEASE_LABEL, toJob, toSecret } from './job-object.js';
import type { Job, KubernetesEvent, Pod } from './objects.js';

export interface KubernetesExecutorOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** readJobTemplate */
  readonly template: Job;
  readonly channel: AttemptChannel;
  readonly slots: number;
  /** Minimum time between two observations of the cluster. */
  readonly observeIntervalMs?: number;
  /** Minimum time if there are no attempts and no strays. */
  readonly idleIntervalMs?: number;
}

/** Open attempts per slot, including blocked ones: an attempt that cannot start does not hold up others. */
const OPEN_PER_SLOT = 4;

interface List<T> {
  readonly items: readonly T[];
}

/**
 * Runs each attempt in its own Job. Jobs outlive the service process, and every replica observes all of them; a change
 * that several replicas report is recorded once.
 */
export function createKubernetesExecutor(options: KubernetesExecutorOptions): Executor {
  const { api, namespace, template, channel, slots, observeIntervalMs = 2_000, idleIntervalMs = 60_000 } = options;
  const release = template.metadata.labels?.[RELEASE_LABEL] ?? '';
  const place = `${namespace}/${release}`;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const core = `/api/v1/namespaces/${namespace}`;
  let nextLook = Number.NEGATIVE_INFINITY;
  let nextIdleLook = Number.NEGATIVE_INFINITY;

  async function start(attempt: AttemptStart): Promise<string> {
    const { attemptId, token } = attempt;
    const name = jobName(attemptId);
    try {
      const made = await api.post<Job>(jobs, toJob(template, attempt));
      const ca = channel.caFile === undefined ? undefined : await readFile(channel.caFile, 'utf8');
      await api.post(`${core}/secrets`, toSecret(made, { address: channel.address, attemptId, token }, ca));
    } catch (error) {
      // The Job may have been created although there was no response, and its pod would wait for its secret forever. If
      // the deletion fails too, the Job is a stray and is deleted when it is observed.
      await api.delete(`${jobs}/${name}`).catch(() => undefined);
      throw error;
    }
    return `${place}/${name}`;
  }

  async function listByAttempt<T extends Job | Pod>(path: string): Promise<Map<string, T>> {
    const { items } = await api.get<List<T>>(path, { labelSelector: `${RELEASE_LABEL}=${release},${ATTEMPT_LABEL}` });
    return new Map(items.map(item => [item.metadata.labels?.[ATTEMPT_LABEL] ?? '', item]));
  }

  /** Events only explain why there is no pod; attempts are classified without them if they cannot be listed. */
  async function eventsOf(name: string): Promise<readonly KubernetesEvent[]> {
    const fieldSelector = `involvedObject.kind=Job,involvedObject.name=${name}`;
    const found = await api.get<List<KubernetesEvent>>(`${core}/events`, { fieldSelector }).catch(() => undefined);
    return found?.items ?? [];
  }

  async function look(attempts: readonly GivenAttempt[]): Promise<Findings> {
    const [foundJobs, foundPods] = await Promise.all([listByAttempt<Job>(jobs), listByAttempt<Pod>(`${core}/pods`)]);
    const waiting: Waiting[] = [];
    const ended: Finding[] = [];
    for (const { attemptId, executorRef } of attempts) {
      // A reference that is only the place means that the attempt is being started, or was by a process that died; its
      // lease decides.
      if (executorRef === place) continue;
      const job = foundJobs.get(attemptId);
      const pod = foundPods.get(attemptId);
      const events = job !== undefined && pod === undefined ? await eventsOf(jobName(attemptId)) : [];
      const { state, ...finding } = { attemptId, reason: '', message: '', ...classifyPod({ job, pod, events }) };
      if (state === 'waiting') waiting.push({ ...finding, isBlocked: finding.reason !== POD_PENDING });
      if (state === 'ended') ended.push(finding);
    }
    return { waiting, ended, strays: straysOf(foundJobs, attempts) };
  }

  return {
    slots,
    maxOpen: OPEN_PER_SLOT * slots,
    place,
    owns: executorRef => executorRef === place || executorRef.startsWith(`${place}/`),
    start: attempt => start(attempt).catch(throwUnavailable),
    async observe(attempts) {
      const now = performance.now();
      if (now < (attempts.length > 0 ? nextLook : nextIdleLook)) return NO_FINDINGS;
      // Only a successful observation counts: an empty result after a failure would mean that nothing waits.
      const findings = await look(attempts).catch(throwUnavailable);
      nextLook = now + observeIntervalMs;
      nextIdleLook = now + (findings.strays.length > 0 ? observeIntervalMs : idleIntervalMs);
      return findings;
    },
    stop: async ({ attemptId }) => await api.delete(`${jobs}/${jobName(attemptId)}`),
    // The pod needs no process of ours. Missing Jobs are found by observation, and Jobs that were never created by the
    // lease.
    recover: async () => true,
    close: async () => undefined,
  };
}

/** Jobs of attempts that were not given and that have a pod or may get one, including those suspended by a queue. */
function straysOf(found: ReadonlyMap<string, Job>, attempts: readonly GivenAttempt[]): string[] {
  const given = new Set(attempts.map(({ attemptId }) => attemptId));
  return [...found]
    .filter(([attemptId, job]) => !given.has(attemptId) && !isFinished(job))
    .filter(([, { metadata }]) => metadata.deletionTimestamp === undefined)
    .map(([attemptId]) => attemptId);
}

function throwUnavailable(error: Error): never {
  throw isUnavailable(error) ? new ExecutorUnavailable(error.message, { cause: error }) : error;
}
