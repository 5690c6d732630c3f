import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryHome } from '../mesh/test-mesh.js';
import type { KilledJob } from './training-process.js';

// A training process is killed with SIGKILL at random moments, also while it writes a checkpoint, and the next one
// continues. The model has the bits of an uninterrupted run.

const KILLS = 20;
const PROGRAM = fileURLToPath(new URL('../../dist/chaos/training-process.js', import.meta.url));

const EXPORTED = fileURLToPath(new URL('../../../libs/autodiff/src/pytorch-exports/cnn-dynamo.onnx', import.meta.url));

const kind = (name: string, parameters: Record<string, unknown> = {}) => ({ kind: name, parameters });
const JOBS: Readonly<Record<string, KilledJob>> = {
  'linear, constant': { model: kind('linear'), optimizer: kind('sgd'), schedule: kind('constant') },
  'mlp with dropout and layer normalization, cosine with warm-up': {
    model: kind('mlp', { hidden: [32, 16], dropout: 0.3, normalization: 'layer' }),
    optimizer: kind('adam', { weightDecay: 0.01, clipNorm: 1 }),
    schedule: kind('cosine', { warmup: 0.1 }),
  },
  'cnn with batch normalization and dropout, one-cycle': {
    model: kind('cnn', { channels: [4, 8], hidden: [16] }),
    optimizer: kind('adam'),
    schedule: kind('one-cycle'),
  },
  'resnet with averaged weights, step': {
    model: kind('resnet', { channels: 4 }),
    optimizer: kind('sgd', { momentum: 0.9, nesterov: true, averageDecay: 0.9 }),
    schedule: kind('step', { every: 4 }),
  },
  'mobilenet, reduce-on-plateau': {
    model: kind('mobilenet', { channels: [4, 8] }),
    optimizer: kind('rmsprop', { momentum: 0.5 }),
    schedule: kind('reduce-on-plateau', { patience: 0 }),
  },
  'cnn with augmented images, cosine': {
    model: kind('cnn', { channels: [4], hidden: [16] }),
    optimizer: kind('adam'),
    schedule: kind('cosine'),
    augmentations: [kind('flip'), kind('crop', { padding: 2 }), kind('color'), kind('cutout', { size: 3 })],
  },
  'an imported network with low-rank additions, cosine': {
    model: kind('fine-tune', { train: 'lora', rank: 2 }),
    optimizer: kind('adam'),
    schedule: kind('cosine'),
    base: EXPORTED,
  },
  'cnn with accumulated batches and the last of an epoch shorter, constant': {
    model: kind('cnn', { channels: [4], hidden: [16], dropout: 0.3 }),
    optimizer: kind('adam', { weightDecay: 0.01, decayParameters: 'weights' }),
    schedule: kind('constant'),
    accumulateSteps: 3,
  },
  'mlp by Lion, linear': {
    model: kind('mlp', { dropout: 0.5 }),
    optimizer: kind('lion', { clipValue: 0.1 }),
    schedule: kind('linear'),
  },
};

describe.each(Object.entries(JOBS))('%s', (_, job) => {
  it(`has the same bits after ${KILLS} kills`, async () => {
    const home = await temporaryHome('kill-training');
    try {
      const whole = await run(job, `${home}/whole`);
      let kills = 0;
      let model: string | undefined;
      for (let round = 0; kills < KILLS; round++) {
        model = undefined;
        while (model === undefined) {
          // From before the first step to the end, whose time the whole run tells.
          const ended = await run(job, `${home}/killed-${round}`, 200 + Math.random() * whole.ms);
          model = ended.model;
          if (model === undefined) kills++;
        }
        expect(model).toBe(whole.model);
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }, 600_000);
});

interface Ended {
  /** Undefined if it was killed. */
  readonly model: string | undefined;
  readonly ms: number;
}

function run(job: KilledJob, folder: string, killAfterMs?: number): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, folder, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, problems] = ['', ''];
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  child.stderr.on('data', chunk => {
    problems += chunk;
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const ms = performance.now() - began;
      if (signal === 'SIGKILL') resolve({ model: undefined, ms });
      else if (code === 0) resolve({ model: output.trim(), ms });
      else reject(new Error(`the process ended with ${code}: ${problems.slice(-2_000)}`));
    });
  });
}
