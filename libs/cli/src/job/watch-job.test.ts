import { type AthanorClient, RpcError } from '@athanor/client';
import { expect, it } from 'vitest';
import { watchJob } from './watch-job.js';

const epoch = (number: number) => ({
  ...{ epoch: number, trainLoss: 1, trainMetrics: [], validationLoss: 1, validationMetrics: [], seconds: 1 },
});
const job = (state: string) => ({ jobId: 'j', state, phase: '', progress: null });

it('bug: a reopened watch showed epochs twice', async () => {
  let opened = 0;
  const watchTrainingJob = async function* () {
    if (opened++ === 0) {
      yield { job: job('STATE_RUNNING'), epochs: [epoch(1)] };
      throw new RpcError({ code: 'UNAVAILABLE', message: 'stopping', method: '/t/Watch' });
    }
    yield { job: job('STATE_SUCCEEDED'), epochs: [epoch(1), epoch(2)] };
  };
  const lines: string[] = [];
  const terminal = { out: () => undefined, err: (text: string) => void lines.push(text), isTTY: false, columns: 80 };
  const client = { training: { watchTrainingJob } } as unknown as AthanorClient;
  expect((await watchJob({ client, terminal, jobId: 'j' })).state).toBe('STATE_SUCCEEDED');
  expect(lines.filter(line => /epoch \d/.test(line)).map(line => /epoch (\d)/.exec(line)?.[1])).toEqual(['1', '2']);
});
