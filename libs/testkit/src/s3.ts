import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findOnPath, isExecutable, runCommand, toolCacheDir } from '@athanor/nats-server';
import { type Available, unavailable } from './availability.js';
import { startChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './temporary-directory.js';

export interface TestS3 {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** An existing, empty bucket. */
  readonly bucket: string;
  /** Process id of the server; undefined for an external one. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const VERSITYGW_VERSION = '1.8.0';
const VERSITYGW = `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`;
const BUILD_TIMEOUT_MS = 600_000;
const BUCKET = 'athanor-test';

/**
 * `S3_ENDPOINT` (with the AWS_* variables and `S3_BUCKET`), else versitygw with a temporary folder, else the reason why
 * it is unavailable.
 */
export async function startS3(): Promise<Available<TestS3>> {
  const env = process.env;
  if (env.S3_ENDPOINT) return { available: true, ...fromEnvironment(env.S3_ENDPOINT) };
  const found = await versitygw().catch((error: Error) => error);
  if (found instanceof Error) return unavailable('versitygw', found.message);
  return { available: true, ...(await startGateway(found)) };
}

function fromEnvironment(endpoint: string): TestS3 {
  const env = process.env;
  return {
    endpoint,
    region: env.AWS_REGION ?? 'us-east-1',
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    bucket: env.S3_BUCKET ?? BUCKET,
    pid: undefined,
    stop: async () => {},
  };
}

/** PATH, then the tool cache, then built into the cache (about a minute, once). */
async function versitygw(): Promise<string> {
  const onPath = await findOnPath('versitygw', process.env);
  if (onPath) return onPath;
  const folder = join(toolCacheDir(process.env), 'versitygw', VERSITYGW_VERSION);
  const cached = join(folder, 'versitygw');
  if (await isExecutable(cached)) return cached;
  const go = await findOnPath('go', process.env);
  if (!go) throw new Error('it is neither on PATH nor in the tool cache, and there is no go to build it');
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  try {
    const env = { ...process.env, GOBIN: scratch, CGO_ENABLED: '0' };
    await runCommand(go, ['install', VERSITYGW], { env, timeoutMs: BUILD_TIMEOUT_MS });
    await rename(join(scratch, 'versitygw'), cached);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return cached;
}

async function startGateway(binary: string): Promise<TestS3> {
  const directory = await temporaryDirectory('s3');
  try {
    await mkdir(join(directory.path, BUCKET));
    const port = await freePort();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test-secret' };
    const args = ['--access', credentials.accessKeyId, '--secret', credentials.secretAccessKey];
    args.push('--port', `127.0.0.1:${port}`, '--region', 'us-east-1', 'posix', directory.path);
    const server = await startChildServer({ file: binary, args, isReady: () => accepts(port) });
    const stop = async () => {
      await server.stop();
      await directory.remove();
    };
    const endpoint = `http://127.0.0.1:${port}`;
    return { endpoint, region: 'us-east-1', ...credentials, bucket: BUCKET, pid: server.pid, stop };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
}
