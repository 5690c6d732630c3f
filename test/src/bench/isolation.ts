import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStub, type InferTensor, infer, type Stub } from '@athanor/client';
import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { untilReady } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { median, type Row } from './table.js';

/** Numbers in a row of the models. */
const WIDTH = 784;
/** 784 × 3,344 float32 are 10 MiB. */
const HIDDEN = 3_344;
const OTHERS = 10;
const ROUNDS = 7;
const LOAD_SHARE = 0.4;
const SUSTAINED_MS = 5_000;
const OBSERVED_MS = 20_000;
/** After this long a process counts as stable, and is started without back-off. */
const STABLE_MS = 10_500;

interface Scope {
  readonly mesh: TestMesh;
  readonly status: Stub<'inferenceStatus'>;
}

/** What a deployment notices of others that are loaded, and how long its model's process is missing after kill -9. */
export async function benchIsolation(): Promise<Row[]> {
  const home = await temporaryHome('bench-isolation');
  const mesh = await startMesh({ home: join(home, 'mesh'), env: { ATHANOR_LOG_LEVEL: 'warn' } });
  const status = createStub('inferenceStatus', { address: mesh.state.addresses.inference, credential: mesh.apiKey });
  const athanor = async (...args: string[]) => {
    const { code, stderr } = await runAthanor(['--home', mesh.home, ...args]);
    if (code !== 0) throw new Error(`athanor ${args.join(' ')} ended with ${code}: ${stderr}`);
  };
  try {
    const names = ['observed', ...Array.from({ length: OTHERS }, (_, index) => `other-${index}`)];
    for (const name of names) await athanor('model', 'import', name, await writePerceptron(home, name));
    await athanor('deployment', 'set', 'observed', '--model', 'observed@1');
    await untilReady(mesh.client, 'observed');
    const scope = { mesh, status };
    return [...(await besideLoads(scope)), ...(await afterKill(scope))];
  } finally {
    status.close();
    await mesh.stop();
    await removeHome(home);
  }
}

/** x FP32 [batch, 784] → scores FP32 [batch, 10] through 10 MiB of weights, other ones for each name. */
async function writePerceptron(home: string, name: string): Promise<string> {
  const path = join(home, 'models', name, 'model.onnx');
  const seed = createHash('sha256').update(name).digest();
  const weights = (rows: number, columns: number) =>
    tensor(
      'FP32',
      [rows, columns],
      Float32Array.from({ length: rows * columns }, (_, index) => seed[index % 31]! / 25_600),
    );
  const g = new GraphBuilder('perceptron');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', WIDTH] });
  const hidden = g.op('Relu', [g.op('MatMul', [x, g.initializer('w1', weights(WIDTH, HIDDEN))])]);
  g.output(g.op('MatMul', [hidden, g.initializer('w2', weights(HIDDEN, 10))]), 'scores');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, writeModel(toModel(g.graph())));
  return path;
}

const INPUTS: InferTensor[] = [{ name: 'x', datatype: 'FP32', shape: [1, WIDTH], data: new Float32Array(WIDTH) }];
const call = ({ client }: TestMesh) => infer(client.inference, { modelName: 'observed', inputs: INPUTS });

async function besideLoads({ mesh }: Scope): Promise<Row[]> {
  const perSecond = LOAD_SHARE * (await sustained(mesh));
  const alone = await observe(mesh, perSecond, () => sleep(OBSERVED_MS));
  let loadedMs = 0;
  const beside = await observe(mesh, perSecond, async () => {
    const begun = performance.now();
    for (let index = 0; index < OTHERS; index++)
      await mesh.client.registry.setDeployment({
        deployment: { name: `other-${index}`, modelName: `other-${index}`, version: 1 },
      });
    for (let index = 0; index < OTHERS; index++) await untilReady(mesh.client, `other-${index}`);
    loadedMs = performance.now() - begun;
  });
  const row = (name: string, times: readonly number[]): Row => ({
    name,
    figures: { 'requests/s offered': perSecond, 'p50 ms': at(times, 0.5), 'p99 ms': at(times, 0.99) },
  });
  return [
    row(`a model of 10 MiB at ${LOAD_SHARE * 100} % load, alone`, alone),
    row(`the same while ${OTHERS} models of 10 MiB are loaded, in ${(loadedMs / 1000).toFixed(1)} s`, beside),
    { name: 'p99, ratio', figures: { ratio: at(beside, 0.99) / at(alone, 0.99), target: 1.2 } },
  ];
}

/** Requests per second with eight in flight. */
async function sustained(mesh: TestMesh): Promise<number> {
  let count = 0;
  const until = performance.now() + SUSTAINED_MS;
  const caller = async () => {
    for (; performance.now() < until; count++) await call(mesh);
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return (1000 * count) / SUSTAINED_MS;
}

/** Milliseconds of requests that are sent at a fixed rate, whether answers have come or not, from when each was due. */
async function observe(mesh: TestMesh, perSecond: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  let isOver = false;
  const sending = (async () => {
    const begun = performance.now();
    for (let count = 0; !isOver; count++) {
      const due = begun + (1000 * count) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait);
      pending.push(call(mesh).then(() => void times.push(performance.now() - due)));
    }
  })();
  await work();
  isOver = true;
  await sending;
  await Promise.all(pending);
  return times;
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;
}

async function afterKill({ mesh, status }: Scope): Promise<Row[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(STABLE_MS);
    const found = (await status.getDeploymentStatus({ name: 'observed' })).status?.versions[0]?.instances[0]?.pid ?? 0;
    const killed = performance.now();
    process.kill(found, 'SIGKILL');
    while (!(await answers(mesh))) await sleep(5);
    times.push(performance.now() - killed);
  }
  const figures = {
    'min ms': Math.min(...times),
    'median ms': median(times),
    'max ms': Math.max(...times),
    target: 1000,
  };
  return [{ name: 'kill -9 of the process of a model of 10 MiB, to its next answer', figures }];
}

/** The request that runs in the process that is killed fails, and is not the answer that is waited for. */
async function answers(mesh: TestMesh): Promise<boolean> {
  try {
    await call(mesh);
    return true;
  } catch {
    return false;
  }
}
