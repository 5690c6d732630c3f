// `npm run bench`: one table. Contenders alternate, so that noise affects all of them equally.
import { cpus } from 'node:os';
import { runCommand } from '../mesh/run-athanor.js';
import { benchIngest, INGEST_USAGE } from './ingest/bench-ingest.js';
import { benchRestart } from './restart.js';
import { benchServing } from './serving.js';
import { benchStartup } from './startup.js';
import { toMarkdown } from './table.js';
import { benchTableServing } from './table-serving.js';
import { benchTraining } from './training.js';

const USAGE = `Usage: npm run bench [-- training | serving | table-serving | startup | restart | ingest]
                                       (default: all but ingest; about ten minutes on two cores)

  training   seconds per epoch, compared with PyTorch if it is installed (ATHANOR_BENCH_PYTHON, python3)
  startup    seconds that commands and athanor up take
  restart    milliseconds from kill -9 of inference to the next prediction
  serving    requests per second, direct and through the router, compared with a server that decodes nothing (needs h2load)
  table-serving
             requests per second of a row of 14 raw columns, compared with the same network fed one vector (needs h2load)
  ingest     imports compared with polars and pandas, other calls during an import, uploads, growth with rows; half an
             hour, 10 GB of disk. ${INGEST_USAGE}

Examples:
  npm run bench -- serving
  npm run bench -- ingest --rows 100000
`;
const only = process.argv[2];
const print = (text: string) => process.stdout.write(text);
if (only !== undefined && !['training', 'serving', 'table-serving', 'startup', 'restart', 'ingest'].includes(only)) {
  print(USAGE);
  process.exit(only === '--help' ? 0 : 2);
}
print(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
if (only === 'ingest') print(toMarkdown('Ingest', await benchIngest(process.argv.slice(3), print)));
if (only === undefined || only === 'startup') print(toMarkdown('Start-up', await benchStartup()));
if (only === undefined || only === 'restart') print(toMarkdown('Restart', await benchRestart()));
if (only === undefined || only === 'training')
  print(toMarkdown('Training', await benchTraining(await pythonWithTorch())));
if (only === undefined || only === 'serving') print(toMarkdown('Serving', await benchServing()));
if (only === undefined || only === 'table-serving') print(toMarkdown('Serving of columns', await benchTableServing()));

async function pythonWithTorch(): Promise<string | undefined> {
  for (const python of [process.env.ATHANOR_BENCH_PYTHON, 'python3']) {
    if (python === undefined) continue;
    const found = await runCommand(python, ['-c', 'import torch']).catch(() => undefined);
    if (found?.code === 0) return python;
  }
  return undefined;
}
