import { runAthanor } from '../mesh/run-athanor.js';
import { freePortBase, removeHome, temporaryHome } from '../mesh/test-mesh.js';
import { median, type Row } from './table.js';

const COMMAND_RUNS = 10;
const UP_RUNS = 3;

/** Duration of a command in seconds; the minimum is that of an idle machine. */
export async function benchStartup(): Promise<Row[]> {
  const home = await temporaryHome('bench-startup');
  const up = ['--home', home, 'up', '--detach', '--port-base', String(await freePortBase())];
  const first: number[] = [];
  const again: number[] = [];
  try {
    for (let run = 0; run < UP_RUNS; run++) {
      await removeHome(home);
      first.push(await secondsOf(up));
      await secondsOf(['--home', home, 'down']);
      again.push(await secondsOf(up));
      if (run < UP_RUNS - 1) await secondsOf(['--home', home, 'down']);
    }
    const commands = [['--help'], ['--version'], ['--home', home, 'status'], ['--home', home, 'model', 'list']];
    const rows: Row[] = [];
    for (const args of commands) {
      const seconds: number[] = [];
      for (let run = 0; run < COMMAND_RUNS; run++) seconds.push(await secondsOf(args));
      rows.push(toRow(args.filter(each => each !== '--home' && each !== home).join(' '), seconds));
    }
    return [...rows, toRow('up --detach, new home', first), toRow('up --detach, again', again)];
  } finally {
    await runAthanor(['--home', home, 'down']);
    await removeHome(home);
  }
}

async function secondsOf(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const { code, stderr } = await runAthanor(args);
  if (code !== 0) throw new Error(`athanor ${args.join(' ')} ended with ${code}: ${stderr}`);
  return (performance.now() - begun) / 1000;
}

function toRow(name: string, seconds: readonly number[]): Row {
  return { name: `athanor ${name}`, figures: { 'min s': Math.min(...seconds), 'median s': median(seconds) } };
}
