import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { createAuthority, hasOpenssl, type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { Client, Server, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { channelCredentials, openCertificates, serverCredentials, type WatchedCertificates } from './index.js';

const identity = (bytes: Buffer) => bytes;
const ECHO = { path: '/test/Echo', requestStream: false, responseStream: false } as const;
const codec = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};

const opened: { close(): void }[] = [];
let folder: TemporaryDirectory;
beforeEach(async () => {
  folder = await temporaryDirectory('tls');
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await folder.remove();
});

function watch(files: Parameters<typeof openCertificates>[0], problems: string[] = []): WatchedCertificates {
  const onProblem = (error: Error) => void problems.push(error.message);
  const watched = openCertificates(files, { intervalMs: 50, onProblem });
  opened.push(watched);
  return watched;
}

async function startEcho(certificates: WatchedCertificates, mutual: boolean): Promise<number> {
  const server = new Server();
  server.addService({ Echo: { ...ECHO, ...codec } }, {
    Echo: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) => done(null, call.request),
  } as never);
  opened.push({ close: () => server.forceShutdown() });
  return await new Promise((resolve, reject) => {
    const credentials = serverCredentials(certificates, { mutual });
    server.bindAsync('localhost:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

async function echo(client: Client): Promise<string> {
  return await new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Buffer) => (error ? reject(error) : resolve(String(answer)));
    client.makeUnaryRequest(
      ECHO.path,
      identity,
      identity,
      Buffer.from('hello'),
      { deadline: Date.now() + 3_000 },
      done,
    );
  });
}

function open(port: number, certificates: WatchedCertificates, mutual: boolean): Client {
  const client = new Client(`localhost:${port}`, channelCredentials(certificates, { mutual }));
  opened.push(client);
  return client;
}

async function copyOf(path: string): Promise<string> {
  await copyFile(path, `${path}.copy`);
  return `${path}.copy`;
}

/** The serial number of the certificate that a listener presents to a new caller. */
function shownSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: 'localhost', rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe.skipIf(!hasOpenssl)(`watched certificates${hasOpenssl ? '' : ' (skipped: openssl is not installed)'}`, () => {
  test('a renewed certificate is used for new connections, and existing ones are unaffected', async () => {
    const authority = await createAuthority(folder.path);
    const files = await authority.issue('server', ['localhost']);
    const port = await startEcho(watch(files), false);
    const client = open(port, watch({ caFile: files.caFile }), false);
    expect(await echo(client)).toBe('hello');
    const before = await shownSerial(port);
    await authority.issue('server', ['localhost']);
    await expect.poll(() => shownSerial(port)).not.toBe(before);
    expect(await echo(client)).toBe('hello');
    expect(await echo(open(port, watch({ caFile: files.caFile }), false))).toBe('hello');
  });

  test('a mismatched pair, and missing files, change nothing and are reported once', async () => {
    const authority = await createAuthority(folder.path);
    const files = await authority.issue('server', ['localhost']);
    const other = await authority.issue('other', ['localhost']);
    const problems: string[] = [];
    const port = await startEcho(watch(files, problems), false);
    const before = await shownSerial(port);
    // Like a renewal that was read halfway.
    await copyFile(other.certFile, files.certFile);
    await sleep(300);
    expect(await shownSerial(port)).toBe(before);
    expect(problems).toEqual([`${files.keyFile}: expected the key of the certificate in ${files.certFile}`]);
    await rename(files.keyFile, `${files.keyFile}.moved`);
    await sleep(300);
    expect(await shownSerial(port)).toBe(before);
    await copyFile(other.keyFile, files.keyFile);
    await expect.poll(() => shownSerial(port)).not.toBe(before);
  });

  test('with mutual TLS only callers with a certificate of the authority are accepted, also after the authority was replaced', async () => {
    const authority = await createAuthority(folder.path);
    const stranger = await createAuthority(folder.path, 'stranger');
    const server = await authority.issue('server', ['localhost']);
    const port = await startEcho(watch(server), true);
    expect(await echo(open(port, watch(await authority.issue('peer', ['peer'])), true))).toBe('hello');
    const { caFile } = server;
    await expect(echo(open(port, watch({ caFile }), false))).rejects.toMatchObject({ code: 14 });
    const { certFile, keyFile } = await stranger.issue('foreign', ['localhost']);
    await expect(echo(open(port, watch({ caFile, certFile, keyFile }), true))).rejects.toMatchObject({ code: 14 });
    // The authority is replaced: from then on the other callers belong to the mesh.
    const own = await copyOf(caFile);
    await copyFile(stranger.caFile, caFile);
    const enter = () => echo(open(port, watch({ caFile: own, certFile, keyFile }), true)).catch(() => 'refused');
    await expect.poll(enter).toBe('hello');
  });

  test('reports at start-up which file is wrong and what was expected', async () => {
    const authority = await createAuthority(folder.path);
    const files = await authority.issue('server', ['localhost']);
    expect(() => watch({ ...files, keyFile: '/nowhere/key' })).toThrow(/\/nowhere\/key/);
    await writeFile(files.certFile, 'no certificate');
    expect(() => watch(files)).toThrow(`${files.certFile}: expected a certificate in PEM`);
    await rm(files.certFile);
    expect(() => watch(files)).toThrow(/no such file.*server\.pem/);
  });

  test('knows when the certificate expires', async () => {
    const { expiresAtMs } = watch(await (await createAuthority(folder.path)).issue('server', ['localhost']));
    expect(expiresAtMs - Date.now()).toBeGreaterThan(1.9 * 86_400_000);
    expect(expiresAtMs - Date.now()).toBeLessThan(2.1 * 86_400_000);
  });
});
