import { describe, expect, it } from 'vitest';
import { type Pod, toStatus } from './pods.js';

const pod = (status: Pod['status'], nodeName?: string): Pod => ({
  metadata: { name: 'athanor-pool-gpu-1', labels: { 'app.kubernetes.io/component': 'inference' } },
  spec: { ...(nodeName !== undefined && { nodeName }) },
  status,
});

describe('the line of a pod', () => {
  it("has the scheduler's message if no node can run it", () => {
    const message = '0/4 nodes are available: 2 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint(s).';
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    expect(toStatus(pod({ phase: 'Pending', conditions }))).toEqual({
      name: 'athanor-pool-gpu-1',
      component: 'inference',
      node: '',
      state: 'Pending',
      reason: `Unschedulable: ${message}`,
    });
  });

  it('has the termination message of a restarted container', () => {
    const message = 'GPU required: no driver\n(libcuda.so.1)';
    const containerStatuses = [
      {
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        lastState: { terminated: { reason: 'Error', exitCode: 1, message } },
      },
    ];
    expect(toStatus(pod({ phase: 'Running', containerStatuses }, 'n1')).reason).toBe(
      'Error: GPU required: no driver (libcuda.so.1)',
    );
  });

  it('has no reason if the pod is ready, and the image if it is missing', () => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    expect(toStatus(pod({ phase: 'Running', conditions }, 'n1'))).toMatchObject({ state: 'Ready', reason: '' });
    const waiting = { reason: 'ErrImageNeverPull', message: 'Container image "x" is not present' };
    expect(toStatus(pod({ phase: 'Pending', containerStatuses: [{ state: { waiting } }] })).reason).toMatch(
      /^ErrImageNeverPull: Container image/,
    );
  });
});
