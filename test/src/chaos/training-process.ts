// Trains one job of the engine and continues from the newest checkpoint in a folder; prints the digest of its model.
// Arguments: the folder, and the components of the job as JSON.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exportModel, type TrainingSpec, train } from '@athanor/training/engine';
import { engineComponent } from '../engine/component.js';
import { randomImages } from '../engine/random-images.js';

export interface KilledJob {
  readonly model: WrittenComponent;
  readonly optimizer: WrittenComponent;
  readonly schedule: WrittenComponent;
  /** default: none. */
  readonly augmentations?: readonly WrittenComponent[];
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
const spec = specOf(JSON.parse(job) as KilledJob);
const names = (await readdir(folder)).filter(name => name.endsWith('.checkpoint')).sort();
const newest = names.at(-1);
const result = await train({
  spec,
  data: randomImages({ shape: [SIZE, SIZE], classes: 3, rows: { train: ROWS, validation: 30 } }),
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

function specOf({ model, optimizer, schedule, augmentations = [] }: KilledJob): TrainingSpec {
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
    ...{ epochs: 12, batchSize: 16, patience: 0, seed: 5, cpuThreads: 1, checkpointEverySteps: 3 },
  };
}
