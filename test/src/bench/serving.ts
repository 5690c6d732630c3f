import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';
import { prepareDigits } from './digits-load.js';
import {
  checkedRun,
  figuresOf,
  hasH2load,
  type Level,
  type Load,
  type Measured,
  runH2load,
  shareOf,
} from './h2load.js';
import { type RouterProcess, startRouterProcess } from './router-process.js';
import type { Row } from './table.js';

const FIXED_SERVER = fileURLToPath(new URL('./fixed-server.js', import.meta.url));
const REPEATS = 3;
/** Connections × streams per connection. */
const LEVELS = [
  { concurrency: 1, clients: 1, streams: 1, requests: 5_000 },
  { concurrency: 8, clients: 2, streams: 4, requests: 30_000 },
  { concurrency: 32, clients: 4, streams: 8, requests: 60_000 },
] as const;

/**
 * Requests per second of ModelInfer, compared with a server that returns the same bytes without decoding, both loaded
 * by h2load.
 */
export async function benchServing(): Promise<Row[]> {
  if (!(await hasH2load())) return [{ name: 'ModelInfer: not run (h2load is missing: nghttp2-client)', figures: {} }];
  const home = await temporaryHome('bench');
  const mesh = await startMesh({ home, env: { ATHANOR_LOG_LEVEL: 'warn' } });
  let fixed: ChildProcess | undefined;
  let router: RouterProcess | undefined;
  try {
    const load = await prepareDigits(mesh, home);
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
  return [
    {
      name: `ModelInfer, ${level.concurrency} in flight`,
      figures: {
        ...figuresOf(ours),
        'share of the limit': shareOf(ours, limit),
        ...(level.concurrency === 32 && { target: 0.4 }),
      },
    },
    {
      name: `ModelInfer through the router, ${level.concurrency} in flight`,
      figures: { ...figuresOf(routed), 'share of direct': shareOf(routed, ours) },
    },
    { name: `same bytes undecoded (grpc-js), ${level.concurrency} in flight`, figures: figuresOf(limit) },
  ];
}
