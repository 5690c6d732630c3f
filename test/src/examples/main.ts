// `npm run examples`: whole jobs on real data sets, by the commands that a user would type, beside scikit-learn.
import { exampleOfFineTuning } from './fine-tuning.js';
import { examplesOfFlaws } from './flaws.js';
import { examplesOfImages } from './images.js';
import { examplesOfIsolation } from './isolation.js';
import { examplesOfServing } from './serve.js';
import { examplesOfTables } from './tables.js';

const USAGE = `Usage: npm run examples -- tables [name …]
       npm run examples -- flaws
       npm run examples -- serve [name …]
       npm run examples -- isolation
       npm run examples -- images [name …]
       npm run examples -- fine-tuning [few|all]

  tables   imports, trains (--model auto) and evaluates real tables over five seeds, beside the best linear or
           multilayer pipeline of scikit-learn on the same rows; asks each served model for its whole test split with
           Triton's client (Python: ATHANOR_EXAMPLES_PYTHON, python3)
  flaws    imports a table with planted flaws: precision and recall of each check
  serve    imports every shared model by its command, deploys it, and compares its outputs with the recorded ones; imports
           every hostile model; sweeps ONNX's conformance tests (names: a model, hostile, conformance)
  isolation  a minute of load on three deployments while ten models are imported, settings are swapped ten times and a
           process is killed; then memory through 50 loads and unloads

  images   imports MNIST and a sample of CIFAR-10, trains and serves a multilayer perceptron (three seeds), a convolutional
           network and a residual network with augmented images (three seeds), and compares their accuracy on the test
           split with what must be reached, and that of the last with the same job in PyTorch (Python with torch:
           ATHANOR_BENCH_PYTHON; names: mnist-mlp, mnist-cnn, cifar-resnet)
  fine-tuning  trains a network in PyTorch on five classes of CIFAR-10, imports it, and trains a new last layer and LoRA on
           the other five, with ten images of each class (few, five seeds) and with all (three seeds), beside the same
           network from scratch and PyTorch's fine-tuning (Python with torch, onnx, peft and Pillow: ATHANOR_BENCH_PYTHON)

Example:
  npm run examples -- tables iris titanic
`;
const [suite, ...names] = process.argv.slice(2);
const print = (text: string) => void process.stdout.write(text);
const SUITES: Readonly<Record<string, () => Promise<number>>> = {
  tables: () => examplesOfTables(names, print),
  flaws: () => examplesOfFlaws(print),
  serve: () => examplesOfServing(names, print),
  isolation: () => examplesOfIsolation(print),
  images: () => examplesOfImages(names, print),
  'fine-tuning': () => exampleOfFineTuning(names, print),
};
const run = Object.hasOwn(SUITES, suite ?? '') ? SUITES[suite!] : undefined;
if (run === undefined) process.stdout.write(USAGE);
process.exitCode = run === undefined ? (suite === '--help' ? 0 : 2) : await run();
