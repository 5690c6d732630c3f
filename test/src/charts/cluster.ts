import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { type CommandResult, runCommand } from '../mesh/run-athanor.js';
import { CHART, type KubeObject, MINIMAL_VALUES, toManifest } from './render.js';
import { type Helm, TEST_BED, tools } from './tools.js';

/** A control plane with scheduler and kwok: nodes and pods are only objects, everything else is real. */
export interface Cluster {
  /** For kubectl and helm: KUBECONFIG. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder for the test's files. */
  readonly folder: string;
  kubectl(...args: string[]): Promise<CommandResult>;
  /** Throws if kubectl fails. */
  get(...args: string[]): Promise<KubeObject[]>;
  apply(objects: readonly unknown[], ...args: string[]): Promise<CommandResult>;
  /** Creates a namespace with pod security "restricted", including warnings. */
  createNamespace(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The test bed's, which the files of a run share; without a test bed the cluster of KUBECONFIG. A file works in
 * namespaces of its own, which it deletes at the end.
 */
export async function openCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-charts-'));
  const kubeconfig = tools.testBed ? await shareTestBed(inject('controlPlane')) : process.env.KUBECONFIG;
  const env = { KUBECONFIG: kubeconfig ?? '' };
  const namespaces: string[] = [];
  const kubectl = (...args: string[]) => runCommand(tools.kubectl!, args, { env });
  const apply: Cluster['apply'] = async (objects, ...args) => {
    const file = join(folder, `${Math.random()}.yaml`);
    await writeFile(file, toManifest(objects));
    return await kubectl('apply', '-f', file, ...args);
  };
  return {
    ...{ env, folder, kubectl, apply },
    async get(...args) {
      const { code, stdout, stderr } = await kubectl('get', '-o', 'json', ...args);
      if (code !== 0) throw new Error(stderr);
      const answer = JSON.parse(stdout);
      return answer.kind === 'List' ? answer.items : [answer];
    },
    async createNamespace(name) {
      namespaces.push(name);
      const { code, stderr } = await apply([restrictedNamespace(name)]);
      if (code !== 0) throw new Error(stderr);
    },
    async close() {
      for (const name of namespaces) await kubectl('delete', 'namespace', name, '--wait=false');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** @returns the path of its kubeconfig. */
async function shareTestBed(folder: string): Promise<string> {
  const state = join(folder, 'state');
  const ready = join(folder, 'ready');
  const failed = join(folder, 'failed');
  const isFirst = await mkdir(join(folder, 'starting')).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  const kubeconfig = join(state, 'pki/admin.kubeconfig');
  if (isFirst) {
    try {
      await startTestBed(state, kubeconfig);
      await writeFile(ready, '');
    } catch (error) {
      await writeFile(failed, String(error));
      throw error;
    }
  }
  const started = async () => existsSync(ready) || existsSync(failed) || undefined;
  await eventually(started, 'the control plane that another file starts', 90_000);
  if (existsSync(failed)) throw new Error(`in another file: ${await readFile(failed, 'utf8')}`);
  return kubeconfig;
}

/** With two nodes without devices, which all files use. */
async function startTestBed(state: string, kubeconfig: string): Promise<void> {
  const [api, etcd, kwok] = [await freePorts(3), await freePorts(2), await freePorts(1)];
  const { code, stdout, stderr } = await runCommand('bash', [join(TEST_BED, 'start.sh'), state], {
    env: {
      ...{ KWOK: '1', K8S_BIN: tools.testBed, K8S_PORT: String(api), ETCD_PORT: String(etcd) },
      KWOK_EXTRA: `--server-address=127.0.0.1:${kwok}`,
    },
  });
  if (code !== 0) throw new Error(`the control plane did not start:\n${stdout}${stderr}`);
  const nodes = join(dirname(state), 'nodes.yaml');
  await writeFile(nodes, toManifest(['cpu-1', 'cpu-2'].map(name => fakeNode({ name }))));
  const applied = await runCommand(tools.kubectl!, ['apply', '-f', nodes], { env: { KUBECONFIG: kubeconfig } });
  if (applied.code !== 0) throw new Error(applied.stderr);
}

function restrictedNamespace(name: string) {
  const level = 'restricted';
  const labels = { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/warn': level };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export interface HelmRun {
  readonly cluster: Cluster;
  readonly helm: Helm;
  readonly namespace: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** helm install or upgrade of the chart; throws if it fails. */
export async function deploy(verb: 'install' | 'upgrade', { cluster, helm, namespace, values = {} }: HelmRun) {
  const settings = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
  const args = [verb, 'athanor', CHART, '-n', namespace, '-f', MINIMAL_VALUES, ...settings];
  return await runHelm({ cluster, helm }, ...args);
}

export async function runHelm({ cluster, helm }: { cluster: Cluster; helm: Helm }, ...args: string[]) {
  const { code, stdout, stderr } = await runCommand(helm.path, args, { env: cluster.env });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

export interface FakeNode {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Devices by resource, for example { 'nvidia.com/gpu': 4 }. */
  readonly devices?: Readonly<Record<string, number>>;
  /** Not every cluster taints its GPU nodes. */
  readonly tainted?: boolean;
}

/** A node simulated by kwok. One with NVIDIA's labels has its operator's taint too. */
export function fakeNode({ name, labels = {}, devices = {}, tainted = true }: FakeNode) {
  const amounts = Object.fromEntries(Object.entries(devices).map(([resource, count]) => [resource, String(count)]));
  const capacity = { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '500Gi', ...amounts };
  const hasGpu = Object.keys(labels).some(label => label.startsWith('nvidia.com/'));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    },
    spec: hasGpu && tainted ? { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] } : {},
    status: { capacity, allocatable: capacity, nodeInfo: { kubeletVersion: 'v1.35.4', architecture: 'amd64' } },
  };
}

/** The first of a number of consecutive free ports. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 32_000 + Math.floor(Math.random() * 20_000);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Polls until there is a result. */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: string, timeoutMs = 30_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
