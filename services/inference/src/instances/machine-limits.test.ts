import { expect, test } from 'vitest';
import { availableCpus, availableMemory } from './machine-limits.js';

const files = (content: Readonly<Record<string, string>>) => (path: string) => {
  const text = content[path];
  if (text === undefined) throw new Error('ENOENT');
  return text;
};

test.each([
  ['no container', {}, 8],
  ['cgroup v2 with a quota', { '/sys/fs/cgroup/cpu.max': '150000 100000' }, 2],
  ['cgroup v2 without one', { '/sys/fs/cgroup/cpu.max': 'max 100000' }, 8],
  ['less than one CPU', { '/sys/fs/cgroup/cpu.max': '20000 100000' }, 1],
  [
    'cgroup v1',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
    3,
  ],
  [
    'cgroup v1 without a quota',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
    8,
  ],
])('CPUs: %s', (_, content, expected) => expect(availableCpus(files(content), 8)).toBe(expected));

test.each([
  ['no container', {}, 1000],
  ['cgroup v2 with a limit', { '/sys/fs/cgroup/memory.max': '600' }, 600],
  ['cgroup v2 without one', { '/sys/fs/cgroup/memory.max': 'max' }, 1000],
  ['cgroup v1', { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '700' }, 700],
  ['cgroup v1 without one', { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712' }, 1000],
])('memory: %s', (_, content, expected) => expect(availableMemory(files(content), 1000)).toBe(expected));
