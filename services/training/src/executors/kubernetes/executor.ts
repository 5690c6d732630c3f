import { readFile } from 'node:fs/promises';
import { type AttemptChannel, type AttemptStart, type Executor, type Finding, NO_FINDINGS } from '../executor.js';
import { type KubernetesApi, KubernetesError } from './api.js';
import { ATTEMPT_LABEL, jobName, RELEASE_LABEL, toJob, toSecret } from './job-object.js';
import { judge } from './judge.js';
import type { Job, KubernetesEvent, Pod } from './objects.js';

export interface KubernetesExecutorOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** readJobTemplate */
  readonly template: Job;
  readonly channel: AttemptChannel;
  readonly slots: number;
  /** The cluster is looked at no more often. */
  readonly observeIntervalMs?: number;
}

interface List<T> {
  readonly items: readonly T[];
}

/**
 * Runs each attempt in a Job of its own. A Job lives on when the service ends, and every replica of the service looks after
 * all of them: what is told twice is noted once. The cluster is asked only while there are attempts.
 */
export function createKubernetesExecutor(options: KubernetesExecutorOptions): Executor {
  const { api, namespace, template, channel, slots, observeIntervalMs = 2_000 } = options;
  const release = template.metadata.labels?.[RELEASE_LABEL] ?? '';
  const place = `${namespace}/${release}`;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const core = `/api/v1/namespaces/${namespace}`;
  let observedAt = Number.NEGATIVE_INFINITY;

  async function start(attempt: AttemptStart): Promise<string> {
    const made = await api.post<Job>(jobs, toJob(template, attempt));
    const { attemptId, token } = attempt;
    try {
      const ca = channel.caFile === undefined ? undefined : await readFile(channel.caFile, 'utf8');
      await api.post(`${core}/secrets`, toSecret(made, { address: channel.address, attemptId, token }, ca));
    } catch (error) {
      // Without its order the pod would wait for ever.
      await api.delete(`${jobs}/${made.metadata.name}`).catch(() => undefined);
      throw error;
    }
    return `${place}/${made.metadata.name}`;
  }

  async function listByAttempt<T extends Job | Pod>(path: string): Promise<Map<string, T>> {
    const { items } = await api.get<List<T>>(path, { labelSelector: `${RELEASE_LABEL}=${release},${ATTEMPT_LABEL}` });
    return new Map(items.map(item => [item.metadata.labels?.[ATTEMPT_LABEL] ?? '', item]));
  }

  async function eventsOf(name: string): Promise<readonly KubernetesEvent[]> {
    const fieldSelector = `involvedObject.kind=Job,involvedObject.name=${name}`;
    return (await api.get<List<KubernetesEvent>>(`${core}/events`, { fieldSelector })).items;
  }

  return {
    slots,
    place,
    owns: executorRef => executorRef === place || executorRef.startsWith(`${place}/`),
    start,
    async observe(attempts) {
      // One whose reference is the place alone is being started.
      const known = attempts.filter(({ executorRef }) => executorRef !== place);
      if (known.length === 0 || Date.now() - observedAt < observeIntervalMs) return NO_FINDINGS;
      observedAt = Date.now();
      const [foundJobs, foundPods] = await Promise.all([listByAttempt<Job>(jobs), listByAttempt<Pod>(`${core}/pods`)]);
      const waiting: Finding[] = [];
      const ended: Finding[] = [];
      for (const { attemptId } of known) {
        const job = foundJobs.get(attemptId);
        const pod = foundPods.get(attemptId);
        const events = job !== undefined && pod === undefined ? await eventsOf(jobName(attemptId)) : [];
        const { state, ...finding } = { reason: '', message: '', ...judge({ job, pod, events }) };
        if (state === 'waiting') waiting.push({ attemptId, ...finding });
        if (state === 'ended') ended.push({ attemptId, ...finding });
      }
      return { waiting, ended };
    },
    stop: async ({ attemptId }) => await api.delete(`${jobs}/${jobName(attemptId)}`),
    async recover({ attemptId }) {
      try {
        await api.get<Job>(`${jobs}/${jobName(attemptId)}`);
        return true;
      } catch (error) {
        if (error instanceof KubernetesError && error.status === 404) return false;
        throw error;
      }
    },
    close: async () => undefined,
  };
}
