// `npm run bench`: one table. Contenders alternate, so that noise affects all of them equally.
import { cpus } from 'node:os';
import { runCommand } from '../mesh/run-athanor.js';
import { benchIngest, INGEST_USAGE } from './ingest/bench-ingest.js';
import { benchIsolation } from './isolation.js';
import { benchNetworks } from './networks/bench-networks.js';
import { benchRestart } from './restart.js';
import { benchServing } from './serving.js';
import { benchServingBeside } from './serving-beside.js';
import { benchStartup } from './startup.js';
import { type Row, toMarkdown } from './table.js';
import { benchTableServing } from './table-serving.js';
import { benchTraining } from './training.js';

const USAGE = `Usage: npm run bench [-- training | networks | serving | table-serving | startup | restart | isolation | ingest
                              | serving-beside <checkout>]
                                       (default: all but networks, ingest and serving-beside; about twenty minutes on two cores)

  networks [work]
             milliseconds per step of an MLP, a CNN and a ResNet, beside PyTorch eager and compiled; half an hour
  training   seconds per epoch, compared with PyTorch if it is installed (ATHANOR_BENCH_PYTHON, python3)
  startup    seconds that commands and athanor up take
  restart    milliseconds from kill -9 of inference to the next prediction
  isolation  latency of a deployment while ten others are loaded, and from kill -9 of a model's process to its next answer
  serving    requests per second, direct and through the router, compared with a server that decodes nothing (needs h2load)
  serving-beside
             the same of this checkout and of another commit's, which is set up (./athanor --help), in turns
  table-serving
             requests per second of a row of 14 raw columns, compared with the same network fed one vector (needs h2load)
  ingest     imports compared with polars and pandas, other calls during an import, uploads, growth with rows; half an
             hour, 10 GB of disk. ${INGEST_USAGE}

Examples:
  npm run bench -- serving
  npm run bench -- serving-beside ../before
  npm run bench -- ingest --rows 100000
`;
const print = (text: string) => process.stdout.write(text);

interface Benchmark {
  readonly title: string;
  readonly run: () => Promise<readonly Row[]>;
  /** It takes long: only by its name. */
  readonly isOptional?: boolean;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  ingest: { title: 'Ingest', run: () => benchIngest(process.argv.slice(3), print), isOptional: true },
  startup: { title: 'Start-up', run: benchStartup },
  restart: { title: 'Restart', run: benchRestart },
  isolation: { title: 'Isolation', run: benchIsolation },
  training: { title: 'Training', run: async () => await benchTraining(await pythonWithTorch()) },
  networks: {
    title: 'Networks',
    run: async () => await benchNetworks(await pythonWithTorch(), process.argv[3]),
    isOptional: true,
  },
  serving: { title: 'Serving', run: benchServing },
  'serving-beside': {
    title: 'Serving, two commits',
    run: () => benchServingBeside(process.argv[3]),
    isOptional: true,
  },
  'table-serving': { title: 'Serving of columns', run: benchTableServing },
};

const only = process.argv[2];
const chosen = Object.entries(BENCHMARKS).filter(([name, each]) =>
  only === undefined ? !each.isOptional : name === only,
);
if (chosen.length === 0) {
  print(USAGE);
  process.exit(only === '--help' ? 0 : 2);
}
print(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
for (const [, { title, run }] of chosen) print(toMarkdown(title, await run()));

async function pythonWithTorch(): Promise<string | undefined> {
  for (const python of [process.env.ATHANOR_BENCH_PYTHON, 'python3']) {
    if (python === undefined) continue;
    const found = await runCommand(python, ['-c', 'import torch']).catch(() => undefined);
    if (found?.code === 0) return python;
  }
  return undefined;
}
