import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMessage } from '@athanor/contracts';
import { Client, type ClientOptions, credentials, Metadata } from '@grpc/grpc-js';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { MNIST, writeSmallMnist } from '../mesh/mnist.js';
import { runCommand } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { type RouterProcess, startRouterProcess } from './router-process.js';
import { median, type Row } from './table.js';

const METHOD = '/inference.GRPCInferenceService/ModelInfer';
const FIXED_SERVER = fileURLToPath(new URL('./fixed-server.js', import.meta.url));
const REPEATS = 3;
/** Connections × streams per connection. */
const LEVELS = [
  { concurrency: 1, clients: 1, streams: 1, requests: 5_000 },
  { concurrency: 8, clients: 2, streams: 4, requests: 30_000 },
  { concurrency: 32, clients: 4, streams: 8, requests: 60_000 },
] as const;
type Level = (typeof LEVELS)[number];

/**
 * Requests per second of ModelInfer, compared with a server that returns the same bytes without decoding, both loaded
 * by h2load.
 */
export async function benchServing(): Promise<Row[]> {
  const h2load = await runCommand('h2load', ['--version']).catch(() => undefined);
  if (h2load?.code !== 0) return [{ name: 'ModelInfer: not run (h2load is missing: nghttp2-client)', figures: {} }];
  const home = await temporaryHome('bench');
  const mesh = await startMesh({ home, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  let fixed: ChildProcess | undefined;
  let router: RouterProcess | undefined;
  try {
    await trainDigits(mesh, home);
    const load = await prepareLoad(mesh, home);
    router = await startRouterProcess(mesh, home);
    fixed = spawn(process.execPath, [FIXED_SERVER, load.answerFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(fixed.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const fixedAddress = `127.0.0.1:${line.toString().trim()}`;
    // Both servers are compiled just in time, so their first requests are not counted.
    const [, , busiest] = LEVELS;
    await runH2load(busiest, fixedAddress, load, '');
    await runH2load(busiest, mesh.state.addresses.inference, load, mesh.apiKey);
    await runH2load(busiest, router.address, load, mesh.apiKey);
    const rows: Row[] = [];
    for (const level of LEVELS)
      rows.push(...(await benchLevel(level, { mesh, load, fixedAddress, routerAddress: router.address })));
    return rows;
  } finally {
    fixed?.kill();
    router?.stop();
    await mesh.stop();
    await removeHome(home);
  }
}

async function trainDigits(mesh: TestMesh, home: string): Promise<void> {
  await importIdx(mesh.client, 'digits', await writeSmallMnist(join(home, 'mnist'), { train: 5_000, test: 500 }));
  const { jobId } = await createJob(mesh.client, 'digits', referenceSpec('digits', { epochs: 1 }));
  await waitForJob(mesh.client, jobId);
  await serve(mesh.client, await versionOfJob(mesh.client, jobId));
}

interface Load {
  readonly requestFile: string;
  readonly answerFile: string;
  readonly request: Buffer;
  readonly answer: Buffer;
}

/** Records the bytes of one request and of its answer. */
async function prepareLoad(mesh: TestMesh, home: string): Promise<Load> {
  const images = await readFile(join(MNIST, 't10k-images-idx3-ubyte'));
  const request = Buffer.from(
    findMessage('inference.ModelInferRequest').serialize({
      modelName: 'digits',
      inputs: [{ name: 'image', datatype: 'UINT8', shape: [1, 28, 28] }],
      rawInputContents: [images.subarray(16, 16 + 784)],
    }),
  );
  const answer = await callRaw(mesh, request);
  const [requestFile, answerFile] = [join(home, 'request.bin'), join(home, 'answer.bin')];
  await writeFile(requestFile, grpcFrame(request));
  await writeFile(answerFile, answer);
  return { requestFile, answerFile, request, answer };
}

function grpcFrame(message: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

async function callRaw(mesh: TestMesh, request: Buffer): Promise<Buffer> {
  const options: ClientOptions = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new Client(mesh.state.addresses.inference, credentials.createInsecure(), options);
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${mesh.apiKey}`);
  const pass = (bytes: Buffer) => bytes;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(METHOD, pass, pass, request, metadata, (error, answer) =>
        error ? reject(error) : resolve(answer as Buffer),
      );
    });
  } finally {
    client.close();
  }
}

interface LevelWork {
  readonly mesh: TestMesh;
  readonly load: Load;
  readonly fixedAddress: string;
  readonly routerAddress: string;
}

async function benchLevel(level: Level, { mesh, load, fixedAddress, routerAddress }: LevelWork): Promise<Row[]> {
  const ours: Measured[] = [];
  const limit: Measured[] = [];
  const routed: Measured[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    limit.push(await runH2load(level, fixedAddress, load, ''));
    ours.push(await checkedRun(level, { mesh, load, address: mesh.state.addresses.inference }));
    routed.push(await checkedRun(level, { mesh, load, address: routerAddress }));
  }
  const figures = (runs: readonly Measured[]) => ({
    'requests/s median': median(runs.map(run => run.perSecond)),
    'p50 ms': median(runs.map(run => run.p50Ms)),
    'p99 ms': median(runs.map(run => run.p99Ms)),
  });
  const share = (runs: readonly Measured[], of: readonly Measured[]) =>
    median(runs.map(run => run.perSecond)) / median(of.map(run => run.perSecond));
  return [
    {
      name: `ModelInfer, ${level.concurrency} in flight`,
      figures: {
        ...figures(ours),
        'share of the limit': share(ours, limit),
        ...(level.concurrency === 32 && { target: 0.4 }),
      },
    },
    {
      name: `ModelInfer through the router, ${level.concurrency} in flight`,
      figures: { ...figures(routed), 'share of direct': share(routed, ours) },
    },
    { name: `same bytes undecoded (grpc-js), ${level.concurrency} in flight`, figures: figures(limit) },
  ];
}

/**
 * A run is valid only if the model's own counter grew by the number of requests, and sampled answers equal the
 * reference bytes.
 */
async function checkedRun(
  level: Level,
  { mesh, load, address }: { mesh: TestMesh; load: Load; address: string },
): Promise<Measured> {
  const before = await successCount(mesh);
  const samples: Buffer[] = [];
  const running = runH2load(level, address, load, mesh.apiKey);
  for (let sample = 0; sample < 5; sample++) samples.push(await callRaw(mesh, load.request));
  const measured = await running;
  const grown = (await successCount(mesh)) - before;
  const sent = level.requests + samples.length;
  if (grown !== sent) throw new Error(`sent ${sent} requests, but the model counted ${grown}`);
  if (!samples.every(sample => sample.equals(load.answer)))
    throw new Error('a sampled answer differs from the reference bytes');
  return measured;
}

async function successCount(mesh: TestMesh): Promise<number> {
  const { modelStats } = await mesh.client.inference.modelStatistics({ name: 'digits' });
  return modelStats[0]?.inferenceStats?.success?.count ?? 0;
}

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function runH2load(level: Level, address: string, load: Load, apiKey: string): Promise<Measured> {
  const { clients, streams, requests } = level;
  const log = `${load.requestFile}.log`;
  await writeFile(log, '');
  const headers = ['content-type: application/grpc', 'te: trailers', `authorization: Bearer ${apiKey}`].flatMap(
    header => ['-H', header],
  );
  const args = [
    '-n',
    requests,
    '-c',
    clients,
    '-m',
    streams,
    '-t',
    1,
    `--data=${load.requestFile}`,
    `--log-file=${log}`,
  ];
  const { stdout, code } = await runCommand('h2load', [...args.map(String), ...headers, `http://${address}${METHOD}`]);
  const perSecond = Number(/finished in [^,]+, ([\d.]+) req\/s/.exec(stdout)?.[1]);
  const succeeded = Number(/(\d+) succeeded/.exec(stdout)?.[1]);
  if (code !== 0 || succeeded !== requests)
    throw new Error(`h2load: ${succeeded} of ${requests} succeeded:\n${stdout}`);
  // Lines: start of the request (µs since the epoch), HTTP status, time to the end of the answer (µs).
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const times = lines.map(line => Number(line.split('\t')[2])).sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] as number) / 1000;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}
