// Requests as fast as h2load sends them, in a number of streams at once.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMessage } from '@athanor/contracts';
import { Client, type ClientOptions, credentials, Metadata } from '@grpc/grpc-js';
import { runCommand } from '../mesh/run-athanor.js';
import type { TestMesh } from '../mesh/test-mesh.js';
import { median } from './table.js';

const METHOD = '/inference.GRPCInferenceService/ModelInfer';

/** Connections × streams per connection. */
export interface Level {
  readonly concurrency: number;
  readonly clients: number;
  readonly streams: number;
  readonly requests: number;
}

export async function hasH2load(): Promise<boolean> {
  const found = await runCommand('h2load', ['--version']).catch(() => undefined);
  return found?.code === 0;
}

/** One input with the bytes of one row. */
export interface RequestInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** The same request again and again. */
export interface Load {
  readonly modelName: string;
  readonly requestFile: string;
  readonly answerFile: string;
  readonly request: Buffer;
  readonly answer: Buffer;
}

/** Records the bytes of the request and of its answer. */
export async function prepareLoad(
  mesh: TestMesh,
  { home, modelName, inputs }: { home: string; modelName: string; inputs: readonly RequestInput[] },
): Promise<Load> {
  const request = Buffer.from(
    findMessage('inference.ModelInferRequest').serialize({
      modelName,
      inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      rawInputContents: inputs.map(({ bytes }) => bytes),
    }),
  );
  const answer = await callRaw(mesh, request);
  const [requestFile, answerFile] = ['request', 'answer'].map(name => join(home, `${modelName}-${name}.bin`));
  await writeFile(requestFile!, grpcFrame(request));
  await writeFile(answerFile!, answer);
  return { modelName, requestFile: requestFile!, answerFile: answerFile!, request, answer };
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

/**
 * A run is valid only if the model's own counter grew by the number of requests, and sampled answers equal the
 * reference bytes.
 */
export async function checkedRun(
  level: Level,
  { mesh, load, address }: { mesh: TestMesh; load: Load; address: string },
): Promise<Measured> {
  const before = await successCount(mesh, load.modelName);
  const samples: Buffer[] = [];
  const running = runH2load(level, address, load, mesh.apiKey);
  for (let sample = 0; sample < 5; sample++) samples.push(await callRaw(mesh, load.request));
  const measured = await running;
  const grown = (await successCount(mesh, load.modelName)) - before;
  const sent = level.requests + samples.length;
  if (grown !== sent) throw new Error(`sent ${sent} requests, but the model counted ${grown}`);
  if (!samples.every(sample => sample.equals(load.answer)))
    throw new Error('a sampled answer differs from the reference bytes');
  return measured;
}

async function successCount(mesh: TestMesh, name: string): Promise<number> {
  const { modelStats } = await mesh.client.inference.modelStatistics({ name });
  return modelStats[0]?.inferenceStats?.success?.count ?? 0;
}

export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function runH2load(level: Level, address: string, load: Load, apiKey: string): Promise<Measured> {
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

export function figuresOf(runs: readonly Measured[]): Record<string, number> {
  return {
    'requests/s median': median(runs.map(run => run.perSecond)),
    'p50 ms': median(runs.map(run => run.p50Ms)),
    'p99 ms': median(runs.map(run => run.p99Ms)),
  };
}

/** Of the medians. */
export function shareOf(runs: readonly Measured[], of: readonly Measured[]): number {
  return median(runs.map(run => run.perSecond)) / median(of.map(run => run.perSecond));
}
