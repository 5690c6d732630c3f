// A residual network that PyTorch trained on five classes of CIFAR-10 is imported, and trained further on the other five:
// a new last layer, and LoRA. Beside them the same network from scratch, and PyTorch's own fine-tuning of the same rows.

import { join } from 'node:path';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { TrainingJob } from '@athanor/contracts/training';
import { serve, versionOfJob } from '../mesh/main-job.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { exportImages } from './export-images.js';
import { ASKED, askImage, athanor, cifar, countRight, isThere } from './image-sets.js';
import { accuracyInPyTorch, accuracyOf, figures, findPython, mean, writeRows, writeWork } from './pytorch.js';

type Print = (text: string) => void;

const SCRIPT = 'pytorch_fine_tuning.py';

interface Method {
  readonly name: string;
  /** Options of `athanor train`. */
  readonly model: string;
  /** What PyTorch fine-tunes in the same way; absent: it does not take part. */
  readonly twin?: 'head' | 'lora';
}

const [RANK, ALPHA] = [8, 16];
const BASE = '--model fine-tune --base cifar-base:1 --model.train';
const METHODS = [
  { name: 'from scratch', model: '--model resnet' },
  { name: 'head', model: `${BASE} head`, twin: 'head' },
  { name: 'LoRA', model: `${BASE} lora --model.rank ${RANK} --model.alpha ${ALPHA}`, twin: 'lora' },
] as const satisfies readonly Method[];

interface Rows {
  readonly dataset: string;
  readonly summary: string;
  readonly epochs: number;
  readonly batch: number;
  readonly seeds: readonly number[];
  /** Learning rates by method. */
  readonly rates: Readonly<Record<(typeof METHODS)[number]['name'], number>>;
  /** By how much the mean must be above that from scratch. */
  readonly gain?: number;
}

const ROWS: readonly Rows[] = [
  {
    ...{ dataset: 'few', summary: 'ten images of each class', epochs: 100, batch: 16, gain: 0.05 },
    seeds: [0, 1, 2, 3, 4],
    rates: { 'from scratch': 0.005, head: 0.01, LoRA: 0.005 },
  },
  {
    // As many as the base was trained on, so that there is less to gain.
    ...{ dataset: 'all', summary: 'all images', epochs: 10, batch: 64 },
    seeds: [0, 1, 2],
    rates: { 'from scratch': 0.01, head: 0.02, LoRA: 0.005 },
  },
];

/** By how much the mean may be below PyTorch's. */
const TOLERANCE = 0.015;
/** Of the pixels, as the network was trained in PyTorch. */
const NORMALIZED =
  '--transform image=image --transform.image.means 0.5,0.5,0.5 --transform.image.deviations 0.25,0.25,0.25';
const AUGMENTATIONS = [
  { kind: 'flip', parameters: { horizontal: 0.5, vertical: 0 } },
  { kind: 'crop', parameters: { padding: 4 } },
];

/** `names`: of the rows, few or all. Returns the exit code: 1 if a target is missed. */
export async function exampleOfFineTuning(names: readonly string[], print: Print): Promise<number> {
  const python = await findPython(['torch', 'onnx', 'peft', 'PIL']);
  if (python === undefined || !isThere(cifar)) {
    print(`skipped: it needs ${cifar.source}, and torch, onnx, peft and Pillow in ATHANOR_BENCH_PYTHON\n`);
    return 0;
  }
  const home = await temporaryHome('fine-tuning');
  const mesh = await startMesh({ home });
  try {
    print('training a network in PyTorch on five classes\n');
    const before = await accuracyInPyTorch(python, SCRIPT, ['base', cifar.source, home]);
    print(`its accuracy on the test rows of these classes: ${before.toFixed(4)}\n\n`);
    const base = join(home, 'base.onnx');
    await athanor(home, ['model', 'import', 'cifar-base', base]);
    print(
      '| rows of five other classes | | accuracy of each seed | mean | PyTorch | must reach | served labels right | |\n|---|---|---|---|---|---|---|---|\n',
    );
    let missed = 0;
    const chosen = ROWS.filter(({ dataset }) => names.length === 0 || names.includes(dataset));
    for (const rows of chosen) missed += await runMethods(rows, { mesh, home, python, base }, print);
    return missed === 0 ? 0 : 1;
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
}

interface Place {
  readonly mesh: TestMesh;
  readonly home: string;
  readonly python: string;
  /** The file that PyTorch exported. */
  readonly base: string;
}

/** The number of methods that missed their target. */
async function runMethods(rows: Rows, place: Place, print: Print): Promise<number> {
  const { mesh, home } = place;
  const { dataset } = rows;
  // Without validation rows all images are trained on.
  const words = ['dataset', 'import', dataset, join(home, dataset), '--validation-fraction', '0'];
  const { version } = await athanor<DatasetVersion>(home, words);
  const images = await exportImages(mesh.client, dataset, version);
  const written = await writeRows(home, images);
  let [scratch, missed] = [Number.NaN, 0];
  for (const method of METHODS) {
    const { ours, theirs, job } = await compare(method, rows, { ...place, written });
    await serve(mesh.client, await versionOfJob(mesh.client, job.jobId));
    const right = await countRight(home, 'other', { ask: row => askImage(home, images, row) });
    const hasTwin = theirs.length > 0;
    if (!hasTwin) scratch = mean(ours);
    const gain = rows.gain === undefined ? 0 : scratch + rows.gain;
    const wanted = Math.max(gain, mean(theirs) - TOLERANCE);
    const isMissed = hasTwin && !(mean(ours) >= wanted);
    if (isMissed) missed++;
    const cells = [
      ...[rows.summary, method.name, figures(ours), mean(ours).toFixed(4)],
      ...(hasTwin ? [`${figures(theirs)}; mean ${mean(theirs).toFixed(4)}`, `≥ ${wanted.toFixed(4)}`] : ['–', '–']),
      ...[`${right} of ${ASKED}`, isMissed ? 'missed' : ''],
    ];
    print(`| ${cells.join(' | ')} |\n`);
  }
  return missed;
}

/** The accuracy of each seed. */
async function compare(method: (typeof METHODS)[number], rows: Rows, place: Place & { readonly written: object }) {
  const { home, python, base, written } = place;
  const { dataset, epochs, batch, seeds, rates } = rows;
  const { name, model } = method;
  const rate = rates[name];
  const [ours, theirs]: [number[], number[]] = [[], []];
  let job: TrainingJob | undefined;
  for (const seed of seeds) {
    const options = `${model} ${NORMALIZED} --augment flip,crop --optimizer adam --optimizer.learning-rate ${rate}`;
    const length = `--schedule cosine --epochs ${epochs} --batch-size ${batch} --seed ${seed} --cpu-threads 2`;
    const words = ['train', '--dataset', dataset, '--name', 'other', ...`${options} ${length} --wait`.split(' ')];
    job = await athanor<TrainingJob>(home, words);
    ours.push(accuracyOf(job));
    if (!('twin' in method)) continue;
    const tuned = { train: method.twin, rank: RANK, alpha: ALPHA };
    const work = { base, model: tuned, epochs, batch, rate, seed, augmentations: AUGMENTATIONS };
    theirs.push(await accuracyInPyTorch(python, SCRIPT, ['tune', await writeWork(home, { ...written, ...work })]));
  }
  return { ours, theirs, job: job! };
}
