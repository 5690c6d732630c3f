import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from '@athanor/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProgramOptions, SupervisedProcess } from './supervised-process.js';

const ADMIN = `
import { createServer } from 'node:http';
createServer((request, response) => response.end('ok')).listen(Number(process.env.ADMIN_PORT), '127.0.0.1');
process.stdin.resume().on('end', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-supervised-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function supervise(
  program: string,
  onRestart: (identity: ProcessIdentity) => void = () => undefined,
  changes: Partial<ProgramOptions> = {},
) {
  const path = join(folder, 'program.mjs');
  await writeFile(path, program);
  const port = await freePort();
  const ends: string[] = [];
  const supervised = new SupervisedProcess({
    ...{ name: 'program', path, logFile: join(folder, 'program.log'), adminPorts: [port], readyTimeoutMs: 10_000 },
    ...{ env: { ADMIN_PORT: String(port) }, onRestart, onEnd: (how: string) => ends.push(how) },
    ...changes,
  });
  return { supervised, ends };
}

describe('a supervised process', () => {
  it('is restarted when it is killed, and reports it', async () => {
    const restarted: ProcessIdentity[] = [];
    const { supervised, ends } = await supervise(ADMIN, identity => restarted.push(identity));
    const first = await supervised.start();
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => restarted.length).toBe(1);
    expect(ends).toEqual(['SIGKILL']);
    await supervised.stop();
    expect(restarted.some(isRunning)).toBe(false);
  });

  // A process that died again before it was ready was given up.
  it('that dies again before it is ready is restarted again', async () => {
    const restarted: ProcessIdentity[] = [];
    const counter = `import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[1] + '.starts';
const starts = 1 + Number((() => { try { return readFileSync(file, 'utf8'); } catch { return 0; } })());
writeFileSync(file, String(starts));
if (starts === 2) process.exit(9);`;
    const { supervised, ends } = await supervise(`${counter}${ADMIN}`, identity => restarted.push(identity));
    process.kill((await supervised.start()).pid, 'SIGKILL');
    await expect.poll(() => readFile(join(folder, 'program.mjs.starts'), 'utf8')).toBe('3');
    expect(ends).toEqual(['SIGKILL', 'exit code 9']);
    await supervised.stop();
  });

  it('bug: one that repeatedly ended right after it was ready was restarted without back-off', async () => {
    const restarted: ProcessIdentity[] = [];
    const ending = `${ADMIN}
setTimeout(() => process.exit(9), 300);`;
    const { supervised, ends } = await supervise(ending, identity => restarted.push(identity));
    await supervised.start();
    await expect.poll(() => ends.length).toBe(2);
    // Restarted at once after the first end, and from the second on after 0.5, 1, 2, 5 s.
    await sleep(300);
    expect(restarted).toHaveLength(1);
    await expect.poll(() => restarted.length).toBe(2);
    await supervised.stop();
  });

  it('that was ready for long enough is restarted at once', async () => {
    const restarted: ProcessIdentity[] = [];
    // Without the reset the second restart would take ten minutes.
    const changes = { stableAfterMs: 100, restartDelaysMs: [0, 600_000] };
    const { supervised } = await supervise(ADMIN, identity => restarted.push(identity), changes);
    let { pid } = await supervised.start();
    for (let round = 1; round <= 2; round++) {
      await sleep(1_500);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => restarted.length).toBe(round);
      pid = restarted.at(-1)!.pid;
    }
    await supervised.stop();
  });

  it('bug: one whose log could not be opened ended its supervisor', async () => {
    const lost: string[] = [];
    const { supervised } = await supervise(ADMIN, undefined, { logFile: folder, onLogLost: line => lost.push(line) });
    await supervised.start();
    await supervised.stop();
    expect(lost).toEqual([expect.stringContaining('cannot be opened, its lines are lost')]);
  });

  it('that never becomes ready is reported with the end of its log', async () => {
    const { supervised } = await supervise(`console.error('expected a database, got none'); process.exit(3);`);
    await expect(supervised.start()).rejects.toThrow(/program ended; .*expected a database, got none/s);
    await supervised.stop();
  });

  it('gets only the given variables', async () => {
    const { supervised } = await supervise(`import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify('OUT')}.replace('OUT', process.argv[1] + '.env'), JSON.stringify(process.env));${ADMIN}`);
    await supervised.start();
    await supervised.stop();
    const env = JSON.parse(await readFile(join(folder, 'program.mjs.env'), 'utf8')) as Record<string, string>;
    expect(Object.keys(env)).toEqual(['ADMIN_PORT']);
  });
});
