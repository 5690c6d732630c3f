// Derives an attempt's state from its Job and pod, with messages for users that say what to do.
import type { Condition, Job, KubernetesEvent, Pod } from './objects.js';

export type PodClassification =
  | { readonly state: 'running' }
  | { readonly state: 'waiting' | 'ended'; readonly reason: string; readonly message: string };

/** Waiting reasons of a pod that is about to start; any other may last. */
export const POD_PENDING = 'PodPending';

export interface Evidence {
  /** Undefined if it does not exist any more. */
  readonly job: Job | undefined;
  readonly pod: Pod | undefined;
  /** Events of the Job, newest last. */
  readonly events: readonly KubernetesEvent[];
}

const RUNNING: PodClassification = { state: 'running' };

export function classifyPod({ job, pod, events }: Evidence): PodClassification {
  // An attempt whose pod runs may still finish or checkpoint, whatever happened to its Job. If its node is lost there
  // is no more news of it, and its lease expires.
  if (isRunning(pod) && (job === undefined || pod.metadata.deletionTimestamp !== undefined)) return RUNNING;
  if (job === undefined) return ended('JobGone', 'its Kubernetes Job was deleted');
  const failed = findCondition(job.status?.conditions, 'Failed');
  if (failed !== undefined) return classifyFailure(failed, pod);
  if (findCondition(job.status?.conditions, 'Complete') !== undefined)
    return ended('ProcessEnded', 'its pod ended with exit code 0 before the attempt had ended');
  if (job.spec.suspend === true) return waiting('Suspended', 'its Job is suspended until a queue (Kueue) admits it');
  if (pod === undefined) return classifyMissingPod(events);
  return classifyExistingPod(pod);
}

function classifyFailure(failed: Condition, pod: Pod | undefined): PodClassification {
  if (failed.reason === 'DeadlineExceeded')
    return ended('DeadlineExceeded', 'it was active for longer than activeDeadlineSeconds of its Job');
  const disruption = findCondition(pod?.status?.conditions, 'DisruptionTarget');
  if (disruption !== undefined) return classifyDisruption(disruption, pod);
  if (pod?.status?.reason === 'Evicted') return ended('Evicted', `its pod was evicted: ${pod.status.message ?? ''}`);
  const stopped = pod?.status?.containerStatuses?.find(each => each.state?.terminated !== undefined);
  const end = stopped?.state?.terminated;
  if (end?.reason === 'OOMKilled') {
    const remedy = 'give attempts more memory (training.attempts.resources), or the job smaller batches';
    return ended('OOMKilled', `its pod used more memory than its limit and was killed; ${remedy}`);
  }
  if (end !== undefined) {
    const detail = [end.reason, end.message].filter(Boolean).join(': ');
    return ended('ProcessEnded', `its pod ended with exit code ${end.exitCode}${detail && ` (${detail})`}`);
  }
  return ended('PodGone', `its pod was deleted: ${failed.message ?? failed.reason ?? 'no reason given'}`);
}

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
const DISRUPTIONS: Readonly<Record<string, string>> = {
  PreemptionByScheduler: 'Preempted',
  DeletionByTaintManager: 'NodeLost',
  EvictionByEvictionAPI: 'Evicted',
  DeletionByPodGC: 'NodeLost',
  TerminationByKubelet: 'Evicted',
};

function classifyDisruption({ reason = '', message = '' }: Condition, pod: Pod | undefined): PodClassification {
  const node = pod?.spec?.nodeName === undefined ? '' : ` on node ${pod.spec.nodeName}`;
  return ended(DISRUPTIONS[reason] ?? reason, `its pod${node} was disrupted: ${message || reason}`);
}

/** The Job controller could not create a pod: quota, admission, pod security. */
function classifyMissingPod(events: readonly KubernetesEvent[]): PodClassification {
  const refused = events.findLast(({ reason }) => reason === 'FailedCreate');
  if (refused === undefined) return waiting(POD_PENDING, 'its pod is being created');
  const message = refused.message ?? '';
  return waiting(message.includes('exceeded quota') ? 'QuotaExceeded' : 'FailedCreate', message);
}

function classifyExistingPod(pod: Pod): PodClassification {
  // A finished pod is classified once its Job has a condition, which follows shortly and may hold more details.
  if ((pod.status?.phase ?? 'Pending') !== 'Pending' || pod.metadata.deletionTimestamp !== undefined) return RUNNING;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return waiting(scheduled.reason ?? 'Unschedulable', `no node can run its pod: ${scheduled.message ?? ''}`);
  const held = pod.status?.containerStatuses?.find(each => each.state?.waiting !== undefined)?.state?.waiting;
  const where = pod.spec?.nodeName === undefined ? '' : ` on node ${pod.spec.nodeName}`;
  if (held?.reason === undefined || held.reason === 'ContainerCreating' || held.reason === 'PodInitializing')
    return waiting(POD_PENDING, `its pod${where} is being created`);
  return waiting(held.reason, `its container${where} cannot start: ${held.message ?? held.reason}`);
}

function isRunning(pod: Pod | undefined): pod is Pod {
  return pod?.status?.phase === 'Running';
}

/** Whether a Job will never create another pod. */
export function isFinished({ status }: Job): boolean {
  return ['Failed', 'Complete'].some(type => findCondition(status?.conditions, type) !== undefined);
}

function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type && condition.status === 'True');
}

function waiting(reason: string, message: string): PodClassification {
  return { state: 'waiting', reason, message: message.trim() };
}

function ended(reason: string, message: string): PodClassification {
  return { state: 'ended', reason, message: message.trim() };
}
