import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingJob } from '@athanor/contracts/training';
import { importIdx, serve, versionOfJob } from '../mesh/main-job.js';
import { MNIST } from '../mesh/mnist.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

type Print = (text: string) => void;

interface ImageExample {
  readonly name: string;
  /** Options of `athanor train`. */
  readonly options: string;
  readonly seeds: readonly number[];
  /** Mean accuracy on the test split that must be reached. */
  readonly target: number;
}

const EXAMPLES: readonly ImageExample[] = [
  {
    name: 'mnist-mlp',
    options: '--model mlp --model.hidden 64,64 --schedule cosine --epochs 5 --batch-size 32',
    seeds: [0, 1, 2],
    target: 0.97,
  },
  {
    name: 'mnist-cnn',
    options:
      '--model cnn --model.convolutions-per-pool 2 --model.dropout 0.3 --optimizer adam --optimizer.learning-rate 0.003 ' +
      '--epochs 4 --batch-size 64 --cpu-threads 2',
    seeds: [0],
    target: 0.992,
  },
];

/** Import, train, evaluate, register, serve, and ask for rows. Returns the exit code: 1 if a target is missed. */
export async function examplesOfImages(names: readonly string[], print: Print): Promise<number> {
  const chosen = EXAMPLES.filter(({ name }) => names.length === 0 || names.includes(name));
  const home = await temporaryHome('images');
  const mesh = await startMesh({ home });
  let missed = 0;
  try {
    print('importing MNIST: 60,000 and 10,000 images\n\n');
    await importIdx(mesh.client, 'mnist', MNIST);
    print(
      '| example | accuracy of each seed | mean | must reach | s per epoch | served labels right | |\n|---|---|---|---|---|---|---|\n',
    );
    for (const example of chosen) {
      const { row, isReached } = await runExample(mesh, home, example);
      if (!isReached) missed++;
      print(row);
    }
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
  return missed === 0 ? 0 : 1;
}

async function runExample(mesh: TestMesh, home: string, { name, options, seeds, target }: ImageExample) {
  const accuracies: number[] = [];
  let last: TrainingJob | undefined;
  for (const seed of seeds) {
    const words = [
      'train',
      '--dataset',
      'mnist',
      '--name',
      name,
      ...options.split(' '),
      '--seed',
      String(seed),
      '--wait',
    ];
    last = await athanor<TrainingJob>(home, words);
    accuracies.push(last.result?.evaluation?.metrics.find(metric => metric.name === 'accuracy')?.value ?? Number.NaN);
  }
  const { epochs } = await mesh.client.training.listTrainingEpochs({ jobId: last?.jobId ?? '' });
  await serve(mesh.client, await versionOfJob(mesh.client, last?.jobId ?? ''));
  const asked = await askRows(home, name);
  const mean = accuracies.reduce((sum, each) => sum + each, 0) / accuracies.length;
  const isReached = mean >= target;
  const seconds = epochs.reduce((sum, each) => sum + each.seconds, 0) / Math.max(1, epochs.length);
  const cells = [
    ...[name, accuracies.map(each => each.toFixed(4)).join(', '), mean.toFixed(4), `≥ ${target}`],
    ...[seconds.toFixed(1), `${asked.right} of ${asked.rows}`, isReached ? '' : 'missed'],
  ];
  return { row: `| ${cells.join(' | ')} |\n`, isReached };
}

/** The first images of the test file, one by one: how many served labels are those of the label file. */
async function askRows(home: string, deployment: string): Promise<{ readonly right: number; readonly rows: number }> {
  const rows = 20;
  const labels = (await readFile(join(MNIST, 't10k-labels-idx1-ubyte'))).subarray(8);
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const words = ['infer', deployment, '--idx', join(MNIST, 't10k-images-idx3-ubyte'), '--row', String(row)];
    const answer = JSON.stringify(await athanor<object>(home, words));
    if (answer.includes(`"${labels[row]}"`)) right++;
  }
  return { right, rows };
}

async function athanor<T>(home: string, words: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await runAthanor(['--home', home, ...words, '-o', 'json']);
  if (code !== 0) throw new Error(`athanor ${words.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
