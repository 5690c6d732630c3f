// `npm run examples`: whole jobs on real data sets, by the commands that a user would type, beside scikit-learn.
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

Example:
  npm run examples -- tables iris titanic
`;
const [suite, ...names] = process.argv.slice(2);
const print = (text: string) => void process.stdout.write(text);
if (suite !== 'tables' && suite !== 'flaws' && suite !== 'serve' && suite !== 'isolation' && suite !== 'images') {
  process.stdout.write(USAGE);
  process.exit(suite === '--help' ? 0 : 2);
}
if (suite === 'images') process.exitCode = await examplesOfImages(names, print);
else if (suite === 'isolation') process.exitCode = await examplesOfIsolation(print);
else if (suite === 'serve') process.exitCode = await examplesOfServing(names, print);
else process.exitCode = suite === 'flaws' ? await examplesOfFlaws(print) : await examplesOfTables(names, print);
