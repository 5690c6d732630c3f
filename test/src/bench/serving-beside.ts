import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ROOT, removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { prepareDigits } from './digits-load.js';
import { hasH2load, type Level, type Load, type Measured, runH2load } from './h2load.js';
import { median, type Row } from './table.js';

const REPEATS = 7;
const LEVELS: readonly Level[] = [
  { concurrency: 1, clients: 1, streams: 1, requests: 5_000 },
  { concurrency: 8, clients: 2, streams: 4, requests: 20_000 },
  { concurrency: 32, clients: 4, streams: 8, requests: 20_000 },
];
/** Of /proc: a hundredth of a second on every Linux of today. */
const TICK_US = 10_000;

interface Side {
  readonly name: string;
  readonly home: string;
  readonly mesh: TestMesh;
  readonly load: Load;
}

/**
 * ModelInfer of this checkout and of another commit, loaded by h2load in turns. CPU time of the inference service for a
 * request is what other work on the machine disturbs least.
 */
export async function benchServingBeside(checkout: string | undefined): Promise<Row[]> {
  if (checkout === undefined)
    throw new Error(`expected a checkout to compare with: npm run bench -- serving-beside <checkout>`);
  if (!(await hasH2load())) return [{ name: 'not run (h2load is missing: nghttp2-client)', figures: {} }];
  const sides: Side[] = [];
  try {
    for (const folder of [checkout, ROOT]) sides.push(await openSide(folder));
    for (const side of sides) await measure(side, LEVELS.at(-1)!);
    const rows: Row[] = [];
    for (const level of LEVELS) rows.push(...(await compare(sides, level)));
    return rows;
  } finally {
    for (const { mesh, home } of sides) {
      await mesh.stop();
      await removeHome(home);
    }
  }
}

async function openSide(checkout: string): Promise<Side> {
  const home = await temporaryHome('bench-beside');
  const mesh = await startMesh({ home, checkout, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  try {
    return {
      name: checkout === ROOT ? 'this checkout' : basename(checkout),
      home,
      mesh,
      load: await prepareDigits(mesh, home),
    };
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

interface Timed extends Measured {
  readonly cpuUs: number;
}

async function compare(sides: readonly Side[], level: Level): Promise<Row[]> {
  const runs = new Map(sides.map(side => [side, [] as Timed[]]));
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const side of repeat % 2 === 0 ? sides : sides.toReversed()) runs.get(side)!.push(await measure(side, level));
  const of = (side: Side, figure: keyof Timed) => median(runs.get(side)!.map(run => run[figure]));
  return sides.map((side): Row => {
    const figures = {
      'requests/s median': of(side, 'perSecond'),
      'p50 ms': of(side, 'p50Ms'),
      'p99 ms': of(side, 'p99Ms'),
      'CPU µs/request': of(side, 'cpuUs'),
      'CPU min': Math.min(...runs.get(side)!.map(({ cpuUs }) => cpuUs)),
    };
    const ratio = of(side, 'cpuUs') / of(sides[0]!, 'cpuUs');
    const name = `${side.name}, ${level.concurrency} in flight`;
    return { name, figures: side === sides[0] ? figures : { ...figures, 'CPU, ratio': ratio } };
  });
}

async function measure({ mesh, load }: Side, level: Level): Promise<Timed> {
  const before = await cpuUs(mesh);
  const measured = await runH2load(level, mesh.state.addresses.inference, load, mesh.apiKey);
  return { ...measured, cpuUs: ((await cpuUs(mesh)) - before) / level.requests };
}

/** Of the inference service since it was started, with its threads. */
async function cpuUs({ state }: TestMesh): Promise<number> {
  const stat = await readFile(join('/proc', String(state.processes.inference!.pid), 'stat'), 'utf8');
  // After the name in parentheses; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
