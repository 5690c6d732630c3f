import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromComponent } from '@athanor/contracts';
import type { TrainingJob } from '@athanor/contracts/training';
import { runCommand } from '../mesh/run-athanor.js';
import type { ImageRows } from './export-images.js';

const SCRIPT = fileURLToPath(new URL('../../src/examples/pytorch_images.py', import.meta.url));

/** Accuracy on the test split of the same job in PyTorch: the same rows, network, optimizer, schedule and augmentations. */
export async function accuracyOfTwin(
  python: string,
  home: string,
  job: TrainingJob,
  { shape, classes, splits }: ImageRows,
): Promise<number> {
  const { spec } = job;
  if (spec === null) throw new Error(`expected a spec of ${job.jobId}, received none`);
  const component = (of: Parameters<typeof fromComponent>[0] | null) => of && fromComponent(of);
  const write = async (split: 'train' | 'test') => {
    const [images, labels] = [join(home, `${split}.images`), join(home, `${split}.labels`)];
    await writeFile(images, splits[split].pixels);
    await writeFile(labels, Uint8Array.from(splits[split].labels));
    return { images, labels };
  };
  const work = join(home, 'twin.json');
  const content = {
    ...{ shape, classes: classes.length, train: await write('train'), test: await write('test') },
    ...{ epochs: spec.epochs, batch: spec.batchSize, seed: spec.seed },
    ...{ model: component(spec.model), optimizer: component(spec.optimizer), schedule: component(spec.schedule) },
    augmentations: spec.augmentations.map(fromComponent),
  };
  await writeFile(work, JSON.stringify(content));
  const { code, stdout, stderr } = await runCommand(python, [SCRIPT, work]);
  if (code !== 0) throw new Error(`PyTorch's twin ended with ${code}: ${stderr.slice(-2_000)}`);
  return (JSON.parse(stdout) as { accuracy: number }).accuracy;
}
