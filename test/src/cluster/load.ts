import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { infer } from '@athanor/client';
import { connectTo, type ExternalAccess } from './release.js';
import { countRouterRetries } from './router-retries.js';

// Two concurrent clients with an open loop: each request is sent at its scheduled time, whether earlier ones were
// answered or not, and its latency counts from that time, so that a pause of the server is not hidden by waiting
// clients.

export interface LoadReport {
  readonly client: string;
  readonly sent: number;
  readonly failed: number;
  /** Some messages of failures. */
  readonly failures: readonly string[];
  /** Calls that the client retried before they were answered; 0 for a client without retries. */
  readonly retried: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

export interface LoadResult {
  readonly reports: readonly LoadReport[];
  /** Calls that the routers retried at another pod. */
  readonly routerRetries: number;
}

export interface Load {
  /** Stops sending, waits for the last answers. */
  stop(): Promise<LoadResult>;
}

export interface LoadOptions {
  readonly access: ExternalAccess;
  readonly modelName: string;
  /** Bytes of one UINT8 image of 28 × 28. */
  readonly image: Uint8Array<ArrayBuffer>;
  /** Requests per second of each client. */
  readonly ratePerSecond: number;
  /** A Python with tritonclient; without it only our own client sends requests. */
  readonly python?: string | undefined;
}

const SCRIPT = fileURLToPath(new URL('../../src/cluster/triton_load.py', import.meta.url));

export function startLoad(options: LoadOptions): Load {
  const loads = [startOwn(options), ...(options.python === undefined ? [] : [startTriton(options, options.python)])];
  const routers = countRouterRetries();
  return {
    async stop() {
      const reports = await Promise.all(loads.map(load => load.stop()));
      return { reports, routerRetries: await routers.stop() };
    },
  };
}

interface OneLoad {
  stop(): Promise<LoadReport>;
}

function startOwn({ access, modelName, image, ratePerSecond }: LoadOptions): OneLoad {
  const client = connectTo(access);
  const inputs = [{ name: 'image', datatype: 'UINT8' as const, shape: [1, 28, 28], data: image }];
  const latencies: number[] = [];
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let retried = 0;
  const onRetried = () => void retried++;
  const begun = performance.now();
  let sent = 0;
  const send = (dueAt: number) => {
    const call = infer(client.inference, { modelName, inputs }, { onRetried })
      .then(
        () => void latencies.push(performance.now() - dueAt),
        error => void failures.push(`${new Date().toISOString()} ${error.code}: ${error.message}`),
      )
      .finally(() => pending.delete(call));
    pending.add(call);
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * ratePerSecond);
    while (sent < due) send(begun + (++sent / ratePerSecond) * 1000);
  }, 2);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      client.close();
      latencies.sort((a, b) => a - b);
      const at = (share: number) =>
        latencies[Math.min(Math.floor(share * latencies.length), latencies.length - 1)] ?? 0;
      return {
        ...{ client: 'our SDK', sent, failed: failures.length, failures: failures.slice(0, 5), retried },
        ...{ p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) },
      };
    },
  };
}

function startTriton({ access, modelName, ratePerSecond }: LoadOptions, python: string): OneLoad {
  const args = [SCRIPT, access.addresses.inference, access.caFile, modelName, String(ratePerSecond)];
  const child: ChildProcess = spawn(python, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ATHANOR_API_KEY: access.apiKey },
  });
  let output = '';
  child.stdout?.on('data', (data: Buffer) => {
    output += data.toString();
  });
  return {
    async stop() {
      const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
      child.stdin?.end();
      await ended;
      return { client: 'tritonclient', retried: 0, ...(JSON.parse(output) as Omit<LoadReport, 'client' | 'retried'>) };
    },
  };
}

export function loadTable(what: string, { reports, routerRetries }: LoadResult): string {
  const rows = reports.map(
    ({ client, sent, failed, retried, p50Ms, p99Ms, p999Ms }) =>
      `| ${[what, client, sent, failed, retried, routerRetries, p50Ms.toFixed(1), p99Ms.toFixed(1), p999Ms.toFixed(1)].join(' | ')} |`,
  );
  return [
    '| event | client | sent | failed | retried by the client | by the routers, for both | p50 ms | p99 ms | p99.9 ms |',
    ...rows,
  ].join('\n');
}
