import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

// What this process may use: the container's limits where there are some (cgroup v2, then v1), else the machine's.

type Read = (path: string) => string;

const readText: Read = path => readFileSync(path, 'utf8').trim();

/** Whole CPUs, at least 1. */
export function availableCpus(read: Read = readText, all: number = availableParallelism()): number {
  const [quota, period] = attempt(() => read('/sys/fs/cgroup/cpu.max').split(' ').map(Number)) ??
    attempt(() => ['quota', 'period'].map(name => Number(read(`/sys/fs/cgroup/cpu/cpu.cfs_${name}_us`)))) ?? [NaN, NaN];
  const limit = quota! > 0 && period! > 0 ? quota! / period! : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(all, Math.ceil(limit)));
}

/** Bytes. */
export function availableMemory(read: Read = readText, all: number = totalmem()): number {
  const limit =
    attempt(() => Number(read('/sys/fs/cgroup/memory.max'))) ??
    attempt(() => Number(read('/sys/fs/cgroup/memory/memory.limit_in_bytes'))) ??
    Number.NaN;
  // "max" is not a number: no limit.
  return limit > 0 ? Math.min(limit, all) : all;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
