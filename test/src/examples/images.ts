import type { TrainingJob } from '@athanor/contracts/training';
import { serve, versionOfJob } from '../mesh/main-job.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { ASKED, athanor, cifar, countRight, type ImageSet, type ImportedImages, isThere, mnist } from './image-sets.js';
import { accuracyOfTwin } from './image-twin.js';
import { accuracyOf, figures, findPython, mean } from './pytorch.js';

type Print = (text: string) => void;

interface ImageExample {
  readonly name: string;
  readonly set: ImageSet;
  /** Options of `athanor train`. */
  readonly options: string;
  readonly seeds: readonly number[];
  /** Mean accuracy on the test split that must be reached. */
  readonly target: number;
  /** Whether the same job is trained in PyTorch too: its mean, less the tolerance, must be reached then. */
  readonly hasTwin?: boolean;
}

const EXAMPLES: readonly ImageExample[] = [
  {
    name: 'mnist-mlp',
    set: mnist,
    options: '--model mlp --model.hidden 64,64 --schedule cosine --epochs 5 --batch-size 32',
    seeds: [0, 1, 2],
    target: 0.97,
  },
  {
    name: 'mnist-cnn',
    set: mnist,
    options:
      '--model cnn --model.convolutions-per-pool 2 --model.dropout 0.3 --augment crop --augment.crop.padding 2 ' +
      '--optimizer adam --optimizer.learning-rate 0.005 --schedule one-cycle --epochs 5 --batch-size 64 --cpu-threads 2',
    seeds: [0],
    target: 0.992,
  },
  {
    name: 'cifar-resnet',
    set: cifar,
    options:
      '--model resnet --augment flip,crop --optimizer adam --optimizer.learning-rate 0.01 ' +
      '--epochs 20 --batch-size 64 --cpu-threads 2',
    seeds: [0, 1, 2],
    target: 0.5,
    hasTwin: true,
  },
];

/** By how much the mean accuracy may be below that of PyTorch. */
const TOLERANCE = 0.01;

/** Import, train, evaluate, register, serve, and ask for rows. Returns the exit code: 1 if a target is missed. */
export async function examplesOfImages(names: readonly string[], print: Print): Promise<number> {
  const chosen = EXAMPLES.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, set } of chosen.filter(each => !isThere(each.set)))
    print(`skipped: ${name}, ${set.source} is not there\n`);
  const python = await findPython(['torch']);
  const home = await temporaryHome('images');
  const mesh = await startMesh({ home });
  const imported = new Map<ImageSet, ImportedImages>();
  let missed = 0;
  try {
    for (const set of new Set(chosen.map(each => each.set).filter(isThere))) {
      print(`importing ${set.summary}\n`);
      imported.set(set, await set.import(mesh, home));
    }
    print(
      '\n| example | accuracy of each seed | mean | PyTorch | must reach | s per epoch | served labels right | |\n|---|---|---|---|---|---|---|---|\n',
    );
    for (const example of chosen.filter(each => isThere(each.set))) {
      const { row, isReached } = await runExample({ mesh, home, python }, example, imported.get(example.set)!);
      if (!isReached) missed++;
      print(row);
    }
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
  return missed === 0 ? 0 : 1;
}

interface Place {
  readonly mesh: TestMesh;
  readonly home: string;
  /** With torch; undefined: PyTorch's column says that it was skipped. */
  readonly python: string | undefined;
}

async function runExample({ mesh, home, python }: Place, example: ImageExample, images: ImportedImages) {
  const { name, options, seeds, target, hasTwin = false } = example;
  const [accuracies, twins]: [number[], number[]] = [[], []];
  let last: TrainingJob | undefined;
  for (const seed of seeds) {
    const words = ['train', '--dataset', images.dataset, '--name', name, ...options.split(' ')];
    last = await athanor<TrainingJob>(home, [...words, '--seed', String(seed), '--wait']);
    accuracies.push(accuracyOf(last));
    if (hasTwin && python !== undefined && images.rows)
      twins.push(await accuracyOfTwin(python, home, last, await images.rows()));
  }
  const { epochs } = await mesh.client.training.listTrainingEpochs({ jobId: last?.jobId ?? '' });
  await serve(mesh.client, await versionOfJob(mesh.client, last?.jobId ?? ''));
  const right = await countRight(home, name, images);
  const mustReach = twins.length === 0 ? target : Math.max(target, mean(twins) - TOLERANCE);
  const isReached = mean(accuracies) >= mustReach;
  const seconds = mean(epochs.map(each => each.seconds));
  const cells = [
    ...[name, figures(accuracies), mean(accuracies).toFixed(4)],
    twins.length > 0 ? `${figures(twins)}; mean ${mean(twins).toFixed(4)}` : hasTwin ? 'skipped' : '–',
    ...[`≥ ${mustReach.toFixed(4)}`, seconds.toFixed(1), `${right} of ${ASKED}`, isReached ? '' : 'missed'],
  ];
  return { row: `| ${cells.join(' | ')} |\n`, isReached };
}
