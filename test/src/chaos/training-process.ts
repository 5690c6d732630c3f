// Trains one job of the engine and continues from the newest checkpoint in a folder; prints the digest of its model.
// Arguments: the folder, and the components of the job as JSON.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseComponent, type ResolvedComponent } from '@athanor/components';
import type { ColumnValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import { exportModel, type TrainingSpec, train } from '@athanor/training/engine';
import { FAMILIES } from '@athanor/training/families';

export interface KilledJob {
  readonly model: WrittenComponent;
  readonly optimizer: WrittenComponent;
  readonly schedule: WrittenComponent;
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
  data: randomData(),
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

function specOf({ model, optimizer, schedule }: KilledJob): TrainingSpec {
  const isImage = !['mlp', 'linear'].includes(model.kind);
  return {
    task: component('task', { kind: 'multiclass', parameters: {} }),
    model: component('model', model),
    optimizer: component('optimizer', optimizer) as TrainingSpec['optimizer'],
    schedule: component('schedule', schedule),
    targets: ['label'],
    inputs: ['image'],
    transforms: [
      {
        columns: ['image'],
        transform: component('transform', { kind: isImage ? 'image' : 'pixels', parameters: {} }),
      },
    ],
    ...{ epochs: 12, batchSize: 16, patience: 0, seed: 5, cpuThreads: 1, checkpointEverySteps: 3 },
  };
}

function component(family: string, { kind, parameters }: WrittenComponent): ResolvedComponent {
  const parsed = parseComponent(FAMILIES.find(({ name }) => name === family)!, { kind, parameters, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.component;
}

function randomData() {
  const classes = ['a', 'b', 'c'];
  const split = (rows: number, salt: number) => {
    const pixels = Uint8Array.from({ length: rows * SIZE * SIZE }, (_, i) => {
      return (Math.imul(i + salt, 2_654_435_761) >>> 13) % 256;
    });
    const codes = Int32Array.from({ length: rows }, (_, row) => row % classes.length);
    const values = new Map<string, ColumnValues>([
      ['image', { kind: 'vector', tensor: tensor('UINT8', [rows, SIZE, SIZE], pixels) }],
      ['label', { kind: 'category', codes }],
    ]);
    return { rows, values };
  };
  const columns = [
    { name: 'image', type: { kind: 'vector', dtype: 'UINT8', shape: [SIZE, SIZE] }, role: 'input', nullable: false },
    { name: 'label', type: { kind: 'category' }, role: 'target', nullable: false, categories: classes },
  ] as const;
  return { columns, train: split(ROWS, 1), validation: split(30, 77) };
}
