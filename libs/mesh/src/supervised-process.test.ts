import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from '@athanor/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SupervisedProcess } from './supervised-process.js';

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

async function supervise(program: string, onRestart: (identity: ProcessIdentity) => void = () => undefined) {
  const path = join(folder, 'program.mjs');
  await writeFile(path, program);
  const port = 30_000 + Math.floor(Math.random() * 20_000);
  const ends: string[] = [];
  const supervised = new SupervisedProcess({
    ...{ name: 'program', path, logFile: join(folder, 'program.log'), adminPorts: [port], readyTimeoutMs: 10_000 },
    ...{ env: { ADMIN_PORT: String(port) }, onRestart, onEnd: (how: string) => ends.push(how) },
  });
  return { supervised, ends };
}

describe('a supervised process', () => {
  it('is started again when it is killed, and says so', async () => {
    const restarted: ProcessIdentity[] = [];
    const { supervised, ends } = await supervise(ADMIN, identity => restarted.push(identity));
    const first = await supervised.start();
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => restarted.length, { timeout: 10_000 }).toBe(1);
    expect(ends).toEqual(['SIGKILL']);
    await supervised.stop();
    expect(restarted.some(isRunning)).toBe(false);
  });

  it('that never gets ready is reported with the end of its log', async () => {
    const { supervised } = await supervise(`console.error('expected a database, got none'); process.exit(3);`);
    await expect(supervised.start()).rejects.toThrow(/program ended; .*expected a database, got none/s);
    await supervised.stop();
  });

  it('gets no variable but those it is given', async () => {
    const { supervised } = await supervise(`import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify('OUT')}.replace('OUT', process.argv[1] + '.env'), JSON.stringify(process.env));${ADMIN}`);
    await supervised.start();
    await supervised.stop();
    const env = JSON.parse(await readFile(join(folder, 'program.mjs.env'), 'utf8')) as Record<string, string>;
    expect(Object.keys(env)).toEqual(['ADMIN_PORT']);
  });
});
