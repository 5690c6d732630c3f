import { describe, expect, test } from 'vitest';
import { classifyPod } from './classify-pod.js';
import type { Condition, ContainerState, Job, Pod } from './objects.js';

const job = (conditions: Condition[] = [], spec: object = {}): Job => ({
  metadata: { name: 'athanor-attempt-1' },
  spec: { template: { spec: {} }, ...spec },
  status: { conditions },
});
const condition = (type: string, reason = '', message = ''): Condition => ({ type, status: 'True', reason, message });
const pod = (status: Pod['status'], metadata: object = {}): Pod => ({
  metadata: { name: 'p', ...metadata },
  spec: { nodeName: 'node-1' },
  ...(status && { status }),
});
const container = (state: ContainerState) => [{ state }];
const backoff = condition('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
const of = (given: Partial<Parameters<typeof classifyPod>[0]>) =>
  classifyPod({ job: job(), pod: undefined, events: [], ...given });

describe('an attempt that waits', () => {
  test('for a node quotes the scheduler', () => {
    const message = '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.';
    const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
    expect(of({ pod: pod({ phase: 'Pending', conditions: [unscheduled] }) })).toEqual({
      state: 'waiting',
      reason: 'Unschedulable',
      message: `no node can run its pod: ${message}`,
    });
  });

  test('for an image names the image and the node', () => {
    const state = { waiting: { reason: 'ErrImageNeverPull', message: 'Container image "x" is not present' } };
    expect(of({ pod: pod({ phase: 'Pending', containerStatuses: container(state) }) })).toEqual({
      state: 'waiting',
      reason: 'ErrImageNeverPull',
      message: 'its container on node node-1 cannot start: Container image "x" is not present',
    });
  });

  test('for quota, for its queue, or for no known reason', () => {
    const events = [{ reason: 'FailedCreate', message: 'pods "p" is forbidden: exceeded quota: small' }];
    expect(of({ events })).toMatchObject({ state: 'waiting', reason: 'QuotaExceeded' });
    expect(of({ events: [{ reason: 'FailedCreate', message: 'violates PodSecurity' }] })).toMatchObject({
      reason: 'FailedCreate',
      message: 'violates PodSecurity',
    });
    expect(of({ job: job([], { suspend: true }) })).toMatchObject({ state: 'waiting', reason: 'Suspended' });
    expect(of({})).toMatchObject({ state: 'waiting', reason: 'PodPending' });
    const creating = { waiting: { reason: 'ContainerCreating' } };
    expect(of({ pod: pod({ phase: 'Pending', containerStatuses: container(creating) }) })).toMatchObject({
      reason: 'PodPending',
    });
  });
});

describe('an attempt that is gone', () => {
  test.each<[string, Partial<Parameters<typeof classifyPod>[0]>, RegExp]>([
    ['JobGone', { job: undefined }, /Job was deleted/],
    [
      'DeadlineExceeded',
      { job: job([condition('Failed', 'DeadlineExceeded')]) },
      /was active for longer than activeDeadlineSeconds/,
    ],
    ['PodGone', { job: job([backoff]) }, /its pod was deleted: Job has reached/],
    ['ProcessEnded', { job: job([condition('Complete')]) }, /exit code 0 before/],
    [
      'OOMKilled',
      {
        job: job([backoff]),
        pod: pod({
          phase: 'Failed',
          containerStatuses: container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
        }),
      },
      /more memory than its limit.*training\.attempts\.resources/,
    ],
    [
      'ProcessEnded',
      {
        job: job([backoff]),
        pod: pod({ phase: 'Failed', containerStatuses: container({ terminated: { exitCode: 1, reason: 'Error' } }) }),
      },
      /ended with exit code 1 \(Error\)/,
    ],
    [
      'Evicted',
      { job: job([backoff]), pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory' }) },
      /evicted: The node was low on memory/,
    ],
    [
      'NodeLost',
      {
        job: job([backoff]),
        pod: pod({
          phase: 'Failed',
          conditions: [condition('DisruptionTarget', 'DeletionByTaintManager', 'deleting')],
        }),
      },
      /its pod on node node-1 was disrupted: deleting/,
    ],
    [
      'Preempted',
      {
        job: job([backoff]),
        pod: pod({
          phase: 'Failed',
          conditions: [condition('DisruptionTarget', 'PreemptionByScheduler', 'preempting')],
        }),
      },
      /was disrupted: preempting/,
    ],
  ])('%s', (reason, given, message) => {
    expect(of(given)).toMatchObject({ state: 'ended', reason, message: expect.stringMatching(message) });
  });
});

describe('while its pod runs', () => {
  const running = pod({ phase: 'Running' });
  const leaving = pod({ phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });

  test('bug: an attempt that was writing its checkpoint was taken for failed (Kubernetes 1.30: the Job fails before its pod ends)', () => {
    expect(of({ job: job([backoff]), pod: leaving })).toEqual({ state: 'running' });
    expect(of({ job: job([], { suspend: true }), pod: leaving })).toEqual({ state: 'running' });
  });

  test('an attempt whose Job is gone may finish', () => {
    expect(of({ job: undefined, pod: running })).toEqual({ state: 'running' });
    expect(of({ job: undefined, pod: pod({ phase: 'Failed' }) })).toMatchObject({ reason: 'JobGone' });
  });
});

test('bug: a failed pod, before its Job had failed, was reported as being created', () => {
  expect(of({ pod: pod({ phase: 'Failed' }) })).toEqual({ state: 'running' });
  expect(of({ pod: pod({ phase: 'Succeeded' }) })).toEqual({ state: 'running' });
  expect(of({ pod: pod({}) })).toMatchObject({ state: 'waiting', reason: 'PodPending' });
});

test('nothing is reported of an attempt that runs, or writes its last checkpoint', () => {
  expect(of({ pod: pod({ phase: 'Running' }) })).toEqual({ state: 'running' });
  expect(of({ pod: pod({ phase: 'Pending' }, { deletionTimestamp: '2026-01-01T00:00:00Z' }) })).toEqual({
    state: 'running',
  });
});
