import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceDefinition } from '@athanor/contracts';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { createJob, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { median, type Row } from './table.js';

const ROUNDS = 7;
/** After this long a process counts as stable, and is restarted without back-off. */
const STABLE_MS = 10_500;
const MODEL = 'digits';

/** Milliseconds since the kill. */
interface Round {
  /** The first line of the new process: its modules are loaded. */
  readonly listens: number;
  readonly serves: number;
  readonly answers: number;
}

/** SIGKILL of inference under `athanor up`, until the deployed model answers a prediction again. */
export async function benchRestart(): Promise<Row[]> {
  const home = await temporaryHome('bench-restart');
  const data = await writeSmallMnist(join(home, 'data'), { train: 3_000, test: 300 });
  const mesh = await startMesh({ home: join(home, 'mesh') });
  try {
    await importIdx(mesh.client, MODEL, data);
    const { jobId } = await createJob(mesh.client, MODEL, referenceSpec(MODEL, { epochs: 1 }));
    await waitForJob(mesh.client, jobId);
    await serve(mesh.client, await versionOfJob(mesh.client, jobId));
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(STABLE_MS);
      rounds.push(await killAndWait(mesh));
    }
    const row = (name: string, of: (round: Round) => number): Row => {
      const ms = rounds.map(of);
      return { name, figures: { 'min ms': Math.min(...ms), 'median ms': median(ms) } };
    };
    return [
      row('kill -9 to "service listens"', ({ listens }) => listens),
      row('to "model version is serving"', ({ serves, listens }) => serves - listens),
      row('to the first answer', ({ answers, serves }) => answers - serves),
      row('kill -9 to the first answer', ({ answers }) => answers),
    ];
  } finally {
    await mesh.stop();
    await removeHome(home);
  }
}

async function killAndWait(mesh: TestMesh): Promise<Round> {
  const stateFile = join(mesh.home, 'mesh.json');
  const { processes } = JSON.parse(await readFile(stateFile, 'utf8')) as TestMesh['state'];
  const { pid } = processes.inference!;
  const killed = Date.now();
  process.kill(pid, 'SIGKILL');
  while (!(await predicts(mesh))) await sleep(5);
  const answers = Date.now() - killed;
  const lines = (await readFile(join(mesh.home, 'logs/inference.log'), 'utf8')).trim().split('\n');
  const at = (message: string): number => {
    const line = lines.findLast(each => each.includes(`"msg":"${message}"`)) ?? '{}';
    return Date.parse((JSON.parse(line) as { time: string }).time) - killed;
  };
  return { listens: at('service listens'), serves: at('model version is serving'), answers };
}

const { requestSerialize, responseDeserialize, path } = serviceDefinition('inference').ModelInfer!;

/** One request on its own connection, so that a client's back-off is not measured. */
async function predicts({ apiKey, state }: TestMesh): Promise<boolean> {
  const client = new Client(state.addresses.inference, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  const inputs = [{ name: 'image', datatype: 'UINT8', shape: [1, 28, 28] }];
  const request = { modelName: MODEL, inputs, rawInputContents: [Buffer.alloc(784)] };
  const options = { deadline: Date.now() + 5_000 };
  const answered = await new Promise<boolean>(resolve => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, error =>
      resolve(error === null || expectTransient(error)),
    );
  });
  client.close();
  return answered;
}

/** The service or its models are not available yet. @throws for every other failure. */
function expectTransient(error: Error & { code?: number }): false {
  if (error.code === 14 || error.code === 5) return false;
  throw error;
}
