import { fileURLToPath } from 'node:url';
import { runCommand } from '../../mesh/run-athanor.js';
import { median, type Row } from '../table.js';
import { WORKS, type Work } from './works.js';

// Milliseconds per training step of the same networks here and in PyTorch: eager and compiled, one and two threads, every
// round in a fresh process, rounds in turns.

const ROUNDS = 5;
const THREADS = [1, 2];
const STEP_PROCESS = fileURLToPath(new URL('step-process.js', import.meta.url));
const PYTORCH = fileURLToPath(new URL('../../../src/bench/networks/pytorch_networks.py', import.meta.url));

interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  readonly command: readonly [program: string, ...words: string[]];
  readonly ms: number[];
  readonly mib: number[];
}

/** `only`: the key of one work; default: all. */
export async function benchNetworks(python: string | undefined, only?: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [key, work] of Object.entries(WORKS)) {
    if (only !== undefined && only !== key) continue;
    const contenders = contendersOf(key, work, python);
    for (let round = 0; round < ROUNDS; round++) for (const each of contenders) await run(each);
    rows.push(...contenders.map(each => contenderRow(key, each)), ...ratioRow(key, work, contenders));
  }
  return rows;
}

function contendersOf(key: string, { name, image, batch, steps }: Work, python: string | undefined): Contender[] {
  const contender = (who: string, isOurs: boolean, command: Contender['command']): Contender => {
    return { name: who, isOurs, command, ms: [], mib: [] };
  };
  return THREADS.flatMap(threads => [
    contender(`Loop, ${threads} threads`, true, [process.execPath, STEP_PROCESS, key, `${threads}`]),
    ...(python === undefined
      ? []
      : ['eager', 'compile'].map(mode => {
          const words = [name, batch, steps, threads, mode, ...image].map(String);
          return contender(`PyTorch ${mode}, ${threads} threads`, false, [python, PYTORCH, ...words]);
        })),
  ]);
}

async function run({ command: [program, ...words], ms, mib, name }: Contender): Promise<void> {
  const { code, stdout, stderr } = await runCommand(program, words);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr.slice(-2_000)}`);
  const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { ms: number; mib: number };
  ms.push(figures.ms);
  mib.push(figures.mib);
}

function contenderRow(key: string, { name, ms, mib }: Contender): Row {
  const [least, most] = [Math.min(...ms), Math.max(...ms)];
  return {
    name: `${key}: ${name}`,
    figures: { 'ms/step min': least, 'ms/step median': median(ms), 'ms/step max': most, 'MiB peak': median(mib) },
  };
}

function ratioRow(key: string, { target }: Work, contenders: readonly Contender[]): Row[] {
  const best = (isOurs: boolean) =>
    Math.min(...contenders.filter(each => each.isOurs === isOurs).map(({ ms }) => median(ms)));
  if (!contenders.some(({ isOurs }) => !isOurs)) return [];
  return [{ name: `${key}: PyTorch's best median to ours`, figures: { ratio: best(false) / best(true), target } }];
}
