import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LogDestination } from './log-destination.js';

const folder = mkdtempSync(join(tmpdir(), 'athanor-log-'));
const smallDisk = mountSmallDisk();
afterAll(() => {
  if (smallDisk !== undefined) execFileSync('umount', [smallDisk]);
  rmSync(folder, { recursive: true, force: true });
});

const open = (fd: number) => new LogDestination({ fd, describeLoss: (lines, cause) => `lost ${lines}: ${cause}` });

/** A disk of 64 KiB; undefined without permission to mount one. */
function mountSmallDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'athanor-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmSync(path, { recursive: true, force: true });
    return undefined;
  }
}

test('lines are written in order, including the last ones of a process', async () => {
  const path = join(folder, 'a.log');
  const fd = openSync(path, 'a');
  const log = open(fd);
  for (let line = 0; line < 1_000; line++) log.write(`${line}\n`);
  await expect.poll(() => readFileSync(path, 'utf8').split('\n').length).toBe(1_001);
  log.write('last\n');
  log.flushSync();
  expect(readFileSync(path, 'utf8')).toMatch(/\n998\n999\nlast\n$/);
  expect(log.lostLines).toBe(0);
  closeSync(fd);
});

test.skipIf(smallDisk === undefined)(
  `bug: a service stopped answering when its log's disk was full${smallDisk ? '' : ' (no permission to mount one)'}`,
  async () => {
    const path = join(smallDisk!, 'a.log');
    const filler = join(smallDisk!, 'filler');
    const fd = openSync(path, 'a');
    const log = open(fd);
    log.write('before\n');
    await expect.poll(() => readFileSync(path, 'utf8')).toBe('before\n');
    writeFileSync(filler, Buffer.alloc(60 * 1024));
    for (let line = 0; line < 500; line++) {
      log.write(`${'x'.repeat(200)}\n`);
      await new Promise(resolve => setImmediate(resolve));
    }
    await expect.poll(() => log.lostLines).toBeGreaterThan(100);
    const begin = performance.now();
    log.flushSync();
    expect(performance.now() - begin).toBeLessThan(100);
    rmSync(filler);
    log.write('after\n');
    await expect.poll(() => readFileSync(path, 'utf8')).toMatch(/\nlost \d+: ENOSPC[^\n]*\n(x+\n)*after\n$/);
    closeSync(fd);
  },
);

// In a process of its own: a write into a full pipe blocks a thread of the process's pool until somebody reads.
const PIPE_PROCESS = `
  import { constants, openSync } from 'node:fs';
  import { once } from 'node:events';
  import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
  import { LogDestination } from ${JSON.stringify(new URL('../../dist/telemetry/log-destination.js', import.meta.url).href)};
  // Opened for reading too, so that opening it does not block.
  const log = new LogDestination({
    fd: openSync(process.argv[2], constants.O_RDWR),
    describeLoss: lines => 'lost ' + lines,
  });
  const begin = performance.now();
  for (let line = 0; line < 20_000; line++) {
    log.write('x'.repeat(200) + '\\n');
    if (line % 100 === 0) await turn();
  }
  process.stdout.write(JSON.stringify({ elapsedMs: performance.now() - begin, lostLines: log.lostLines }));
  await once(process.stdin, 'data');
  log.write('after\\n');
  await sleep(1_500);
  log.write('at last\\n');
  await sleep(500);
  process.exit();
`;

test('bug: a pipe without a reader blocked the service; now its lines are dropped and counted', async () => {
  const pipe = join(folder, 'pipe');
  const script = join(folder, 'pipe-process.mjs');
  execFileSync('mkfifo', [pipe]);
  writeFileSync(script, PIPE_PROCESS);
  const writer = spawn(process.execPath, [script, pipe], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [output] = (await once(writer.stdout, 'data')) as [Buffer];
  const { elapsedMs, lostLines } = JSON.parse(output.toString()) as { elapsedMs: number; lostLines: number };
  expect(elapsedMs).toBeLessThan(10_000);
  expect(lostLines).toBeGreaterThan(5_000);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  let read = '';
  reader.stdout.on('data', data => {
    read += data;
  });
  writer.stdin.write('go');
  await once(reader, 'close');
  expect(read.slice(read.lastIndexOf('lost '))).toMatch(/^lost \d+\n[\s\S]*at last\n$/);
});
