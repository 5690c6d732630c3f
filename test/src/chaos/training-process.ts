// Trains one job of the engine and continues from the newest checkpoint in a folder; prints the digest of its model.
// Arguments: the folder, and the components of the job as JSON.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readModel } from '@athanor/onnx';
import { exportModel, type TrainingSpec, train } from '@athanor/training/engine';
import { engineComponent } from '../engine/component.js';
import { randomImages } from '../engine/random-images.js';

export interface KilledJob {
  readonly model: WrittenComponent;
  readonly optimizer: WrittenComponent;
  readonly schedule: WrittenComponent;
  /** default: none. */
  readonly augmentations?: readonly WrittenComponent[];
  /** default: 1. */
  readonly accumulateSteps?: number;
  /** Path of the imported model that training starts from. */
  readonly base?: string;
}

interface WrittenComponent {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const SIZE = 8;
const ROWS = 203;
/** A checkpoint is written in this many parts, so that a process is also killed within. */
const PARTS = 16;

const [folder = '', job = '{}'] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const killed = JSON.parse(job) as KilledJob;
const spec = specOf(killed);
const names = (await readdir(folder)).filter(name => name.endsWith('.checkpoint')).sort();
const newest = names.at(-1);
const result = await train({
  spec,
  data: {
    ...randomImages({
      shape: killed.base === undefined ? [SIZE, SIZE] : [SIZE, SIZE, 2],
      classes: 3,
      rows: { train: ROWS, validation: 30 },
    }),
    ...(killed.base !== undefined && { base: readModel(await readFile(killed.base)) }),
  },
  resumeFrom: newest === undefined ? undefined : await readFile(join(folder, newest)),
  onCheckpoint: (bytes, { step }) => store(bytes, step),
});
if (result.status !== 'completed') throw new Error(`the training ended as ${result.status}`);
const digest = createHash('sha256');
for (const [name, bytes] of exportModel({ spec, ...result }).files) digest.update(name).update(bytes);
process.stdout.write(`${digest.digest('hex')}\n`);

async function store(bytes: Uint8Array, step: number): Promise<void> {
  const path = join(folder, `${String(step).padStart(8, '0')}.checkpoint`);
  const file = await open(`${path}.part`, 'w');
  const size = Math.ceil(bytes.length / PARTS);
  for (let begin = 0; begin < bytes.length; begin += size) await file.write(bytes.subarray(begin, begin + size));
  await file.sync();
  await file.close();
  await rename(`${path}.part`, path);
}

function specOf({ model, optimizer, schedule, augmentations = [], accumulateSteps = 1 }: KilledJob): TrainingSpec {
  const isImage = !['mlp', 'linear'].includes(model.kind);
  return {
    task: engineComponent('task', 'multiclass'),
    model: engineComponent('model', model.kind, model.parameters),
    optimizer: engineComponent('optimizer', optimizer.kind, optimizer.parameters) as TrainingSpec['optimizer'],
    schedule: engineComponent('schedule', schedule.kind, schedule.parameters),
    targets: ['label'],
    inputs: ['image'],
    transforms: [
      {
        columns: ['image'],
        transform: engineComponent('transform', isImage ? 'image' : 'pixels'),
      },
    ],
    augmentations: augmentations.map(each => engineComponent('augmentation', each.kind, each.parameters)),
    ...(accumulateSteps > 1 && { accumulateSteps }),
    ...{ epochs: 12, batchSize: 16, patience: 0, seed: 5, cpuThreads: 1, checkpointEverySteps: 3 },
  };
}
