// Memory of a process with all its descendants, by /proc: Linux only.
import { readdir, readFile } from 'node:fs/promises';

/** Often enough for imports of seconds, and without taking time from them. */
const INTERVAL_MS = 200;
const PAGE_BYTES = 4096;

export interface PeakMemory {
  /** The largest sum so far, in MiB; undefined where /proc does not exist. */
  stop(): number | undefined;
}

export function watchPeakMemory(root: number): PeakMemory {
  let peak: number | undefined;
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading) return;
    isReading = true;
    const bytes = await treeBytes(root).catch(() => undefined);
    if (bytes !== undefined) peak = Math.max(peak ?? 0, bytes);
    isReading = false;
  }, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak === undefined ? undefined : peak / 2 ** 20;
    },
  };
}

async function treeBytes(root: number): Promise<number> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const processes = await Promise.all(pids.map(readProcess));
  const parents = new Map(processes.flatMap(each => (each === undefined ? [] : [[each.pid, each.parent] as const])));
  const isInTree = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return processes.reduce((sum, each) => sum + (each !== undefined && isInTree(each.pid) ? each.bytes : 0), 0);
}

async function readProcess(pid: number) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name of the program, in parentheses, may have spaces.
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(values[1]), bytes: Number(values[21]) * PAGE_BYTES };
}
