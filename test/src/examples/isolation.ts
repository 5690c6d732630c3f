import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStub, type InferTensor, infer, type Stub } from '@athanor/client';
import { untilReady } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { DATA } from './table-sets.js';

const LOAD_MS = 60_000;
const IMPORTS = 10;
const SWAPS = 10;
const LOADS = 50;
const MIB = 1024 ** 2;
const PAGE_BYTES = 4_096;

type Print = (text: string) => void;

/** Rows of the models under load, of zeros. */
const DEPLOYMENTS: Readonly<Record<string, { readonly file: string; readonly inputs: readonly InferTensor[] }>> = {
  iris: { file: 'sklearn-exports/iris-logreg.onnx', inputs: [floats('X', [1, 4])] },
  fashion: { file: 'sklearn-exports/fashion-mlp.onnx', inputs: [floats('X', [1, 784])] },
  digits: { file: 'onnx-models/mnist-8.onnx', inputs: [floats('Input3', [1, 1, 28, 28])] },
};

function floats(name: string, shape: readonly number[]): InferTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, datatype: 'FP32', shape, data: new Float32Array(count) };
}

/**
 * Load on three deployments while others are imported, settings are swapped and a process is killed; then memory through
 * loads and unloads. Returns the exit code.
 */
export async function examplesOfIsolation(print: Print): Promise<number> {
  if (!existsSync(DATA)) {
    print(`skipped: ${DATA} is not there\n`);
    return 0;
  }
  const home = await temporaryHome('isolation');
  const mesh = await startMesh({ home });
  const address = mesh.state.addresses.inference;
  const status = createStub('inferenceStatus', { address, credential: mesh.apiKey });
  const athanor = async (...args: string[]) => {
    const { code, stderr } = await runAthanor(['--home', home, ...args]);
    if (code !== 0) throw new Error(`athanor ${args.join(' ')} ended with ${code}: ${stderr}`);
  };
  try {
    for (const [name, { file }] of Object.entries(DEPLOYMENTS))
      await athanor('model', 'import', name, join(DATA, file), '--deploy');
    for (const name of Object.keys(DEPLOYMENTS)) await untilReady(mesh.client, name);
    const isSafe = await underLoad({ mesh, status, athanor, print });
    await memoryOfLoads({ mesh, status, athanor, print });
    return isSafe ? 0 : 1;
  } finally {
    status.close();
    await mesh.stop();
    await removeHome(home);
  }
}

interface Scope {
  readonly mesh: TestMesh;
  readonly status: Stub<'inferenceStatus'>;
  readonly athanor: (...args: string[]) => Promise<void>;
  readonly print: Print;
}

async function underLoad({ mesh, status, athanor, print }: Scope): Promise<boolean> {
  const over = new AbortController();
  const callers = Object.keys(DEPLOYMENTS).map(name => ({ name, ...keepCalling(mesh, name, over.signal) }));
  const events: string[] = [];
  const begun = performance.now();
  const note = (text: string) => events.push(`${((performance.now() - begun) / 1000).toFixed(1)} s: ${text}`);
  for (let index = 0; index < Math.max(IMPORTS, SWAPS); index++) {
    await athanor('model', 'import', `other-${index}`, join(DATA, 'onnx-models/ppocr-mobile-cls.onnx'), '--deploy');
    note(`imported and deployed other-${index}`);
    const settings =
      index % 2 === 0 ? ['--instances', '2', '--scheduler', 'direct'] : ['--instances', '1', '--scheduler', 'dynamic'];
    await athanor('deployment', 'set', 'iris', ...settings);
    note(`iris: ${settings.join(' ')}`);
    if (index !== 5) continue;
    const pid = (await status.getDeploymentStatus({ name: 'digits' })).status?.versions[0]?.instances[0]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    note(`killed process ${pid} of digits`);
  }
  const leftMs = LOAD_MS - (performance.now() - begun);
  if (leftMs > 0) await sleep(leftMs);
  over.abort();
  print(`${events.join('\n')}\n\n| deployment | answers | failed | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|\n`);
  let isSafe = true;
  for (const { name, calls } of callers) {
    const { times, failures } = await calls;
    const sorted = times.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(2) ?? '-';
    print(`| ${name} | ${times.length} | ${failures.length} | ${at(0.5)} | ${at(0.99)} |\n`);
    for (const failure of failures) print(`|  | ${failure} ||||\n`);
    // The one request that was running in the process that was killed may fail.
    if (failures.length > (name === 'digits' ? 1 : 0)) isSafe = false;
  }
  return isSafe;
}

function keepCalling(mesh: TestMesh, modelName: string, signal: AbortSignal) {
  const times: number[] = [];
  const failures: string[] = [];
  const calls = (async () => {
    while (!signal.aborted) {
      const begun = performance.now();
      try {
        await infer(mesh.client.inference, { modelName, inputs: DEPLOYMENTS[modelName]!.inputs });
        times.push(performance.now() - begun);
      } catch (error) {
        failures.push((error as Error).message);
      }
      await sleep(5);
    }
    return { times, failures };
  })();
  return { calls };
}

/** Loads and unloads a model by Triton's RPCs, and prints the memory of the service and of the model's processes. */
async function memoryOfLoads({ mesh, status, athanor, print }: Scope): Promise<void> {
  const name = 'loaded';
  await athanor('model', 'import', name, join(DATA, 'onnx-models/ppocrv4-det.onnx'), '--deploy');
  await untilReady(mesh.client, name);
  const memory = async () => {
    const service = await serviceMemory(mesh);
    const { instances = [] } = (await status.getDeploymentStatus({ name })).status?.versions[0] ?? {};
    return { service, model: instances.reduce((sum, each) => sum + (each.memoryBytes ?? 0), 0) };
  };
  const before = await memory();
  const serviceMib: number[] = [];
  for (let count = 0; count < LOADS; count++) {
    await mesh.client.inference.repositoryModelUnload({ modelName: name });
    await mesh.client.inference.repositoryModelLoad({ modelName: name });
    serviceMib.push((await memory()).service / MIB);
  }
  const loaded = await memory();
  await mesh.client.inference.repositoryModelUnload({ modelName: name });
  const after = await memory();
  const row = (what: string, { service, model }: typeof before) =>
    print(`| ${what} | ${(service / MIB).toFixed(1)} | ${(model / MIB).toFixed(1)} |\n`);
  print('\n| memory | service, MiB | processes of the model, MiB |\n|---|---:|---:|\n');
  row('before', before);
  row(`after ${LOADS} loads`, loaded);
  row('unloaded', after);
  print(`slope of the service: ${slope(serviceMib).toFixed(3)} MiB a load\n`);
}

/** Resident bytes. */
async function serviceMemory({ state }: TestMesh): Promise<number> {
  const [, resident] = (await readFile(`/proc/${state.processes.inference!.pid}/statm`, 'utf8')).split(' ').map(Number);
  return resident! * PAGE_BYTES;
}

/** Of the least squares line. */
function slope(values: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const [x, y] = [mean(values.map((_, index) => index)), mean(values)];
  const covariance = mean(values.map((value, index) => (index - x) * (value - y)));
  return covariance / mean(values.map((_, index) => (index - x) ** 2));
}
