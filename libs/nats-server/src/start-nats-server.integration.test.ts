import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { identifyProcess } from '@athanor/process';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FoundNatsServer, findNatsServer, toolCacheDir } from './find-nats-server.js';
import { renderServerConfig } from './server-config.js';
import { type NatsServer, type NatsServerExit, type StartOptions, startNatsServer } from './start-nats-server.js';
import { parseServerVersion } from './version.js';

let binary: FoundNatsServer;
let dataDir: string;
const running: NatsServer[] = [];
const users = [{ user: 'control', password: 'pass"word' }];

beforeAll(async () => {
  binary = await findNatsServer({ env: process.env, cacheDir: toolCacheDir(process.env) });
}, 600_000);

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nats-server-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.stop()));
  await rm(dataDir, { recursive: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<NatsServer> {
  const server = await startNatsServer({ binary, dataDir, port: 0, users, ...options });
  running.push(server);
  return server;
}

/** Implements just enough of the protocol to log in: reads the server's reply to CONNECT and PING. */
async function logIn(server: NatsServer, user: string, password: string): Promise<string> {
  const socket = connect({ host: server.host, port: server.port });
  const lines = createInterface({ input: socket });
  await once(lines, 'line');
  socket.write(`CONNECT ${JSON.stringify({ user, pass: password, verbose: false })}\r\nPING\r\n`);
  const [line] = (await once(lines, 'line')) as [string];
  socket.destroy();
  return line;
}

async function waitUntilGone(pid: number): Promise<void> {
  await expect.poll(() => identifyProcess(pid)).toBeUndefined();
}

test('starts on a free loopback port with JetStream and accepts only its users', async () => {
  const server = await start();
  expect(server.port).toBeGreaterThan(0);
  expect(await logIn(server, 'control', 'pass"word')).toBe('PONG');
  expect(await logIn(server, 'control', 'wrong')).toContain('Authorization Violation');
  expect((await stat(join(dataDir, 'jetstream'))).isDirectory()).toBe(true);
});

test('the configuration, which holds passwords, is readable by its owner alone', async () => {
  await start();
  expect((await stat(join(dataDir, 'nats-server.json'))).mode & 0o777).toBe(0o600);
});

test('configures fsync on every write only for a server that supports it', () => {
  const input = { dataDir: '/d', serverName: 's', host: '127.0.0.1', port: 4222, users };
  const config = (version: string) => renderServerConfig({ ...input, version: parseServerVersion(version)! });
  expect(config('2.12.8')).toContain('"sync_interval": "always"');
  expect(config('2.9.10')).not.toContain('sync_interval');
});

test('stop ends the process, and its end is reported as expected', async () => {
  const exits: NatsServerExit[] = [];
  const server = await start({ onExit: exit => exits.push(exit) });
  await server.stop();
  await server.stop();
  expect(identifyProcess(server.pid)).toBeUndefined();
  expect(exits).toMatchObject([{ expected: true }]);
});

test('a killed server is reported as unexpected, with the end of its log, and can be restarted on its port', async () => {
  const exits: NatsServerExit[] = [];
  const first = await start({ onExit: exit => exits.push(exit) });
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(exits).toMatchObject([{ expected: false }]);
  expect(exits[0]?.logTail.join('\n')).toContain('Server is ready');
  const second = await start({ port: first.port });
  expect(second.port).toBe(first.port);
});

test('a port in use is explained', async () => {
  const first = await start();
  const otherDir = await mkdtemp(join(tmpdir(), 'nats-server-'));
  try {
    const expected = `port ${first.port} on 127.0.0.1 is in use by another program`;
    await expect(start({ port: first.port, dataDir: otherDir })).rejects.toThrow(expected);
  } finally {
    await rm(otherDir, { recursive: true });
  }
});

test('the server exits when its parent is killed with SIGKILL', async () => {
  const parentSource = join(dataDir, 'parent.mjs');
  const entryPoint = new URL('../dist/index.js', import.meta.url).href;
  await writeFile(
    parentSource,
    `import { startNatsServer } from ${JSON.stringify(entryPoint)};
     const [binary, dataDir] = [${JSON.stringify(binary)}, ${JSON.stringify(join(dataDir, 'store'))}];
     const server = await startNatsServer({ binary, dataDir, port: 0, users: [] });
     console.log(server.pid);
     setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, [parentSource], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const serverPid = Number(line);
  expect(identifyProcess(serverPid)).toBeDefined();
  parent.kill('SIGKILL');
  await waitUntilGone(serverPid);
});

test('an orphan that still uses the folder is ended before a new server starts', async () => {
  const first = await start();
  const recorded = await readFile(join(dataDir, 'server.json'), 'utf8');
  expect(JSON.parse(recorded)).toEqual(identifyProcess(first.pid));
  const second = await start();
  expect(identifyProcess(first.pid)).toBeUndefined();
  expect(identifyProcess(second.pid)).toBeDefined();
});
