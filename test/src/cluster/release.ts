import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AthanorClient, createAthanorClient } from '@athanor/client';
import { eventually } from '../mesh/main-job.js';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';
import { FULLNAME, listNodes, NAMESPACE, RELEASE } from './cluster.js';
import { get, kubectl, list } from './kubectl.js';

// The release of the chart that the suite tests, and its external addresses.

/** Values by path, passed to helm with --set-json. */
export type Values = Readonly<Record<string, unknown>>;

const CHART = join(ROOT, 'charts/athanor');

/** Small pods, node ports, and S3 in the cluster. */
async function baseValues(): Promise<Values> {
  const addresses = (await listNodes()).map(({ address }) => address);
  const small = { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '768Mi' } };
  const service = { type: 'NodePort' };
  return {
    'database.existingSecret.name': 'athanor-database',
    'nats.url': `nats://nats.${NAMESPACE}.svc.cluster.local:4222`,
    'nats.existingSecret.name': 'athanor-nats',
    'blobs.s3': {
      bucket: 'models',
      region: 'us-east-1',
      endpoint: `http://s3.${NAMESPACE}.svc.cluster.local:7070`,
      existingSecret: { name: 's3' },
    },
    'tls.public.ipAddresses': addresses,
    'defaults.resources': small,
    'defaults.service': service,
    'ingest.resources': small,
    'training.job.resources': { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
    'training.job.tolerations': shortTolerations(),
    'defaults.tolerations': shortTolerations(),
    // The test bed's DNS caches for 5 s.
    'inference.defaults.lifecycle': { minReadySeconds: 8, preStopSeconds: 8 },
    // Serving pods start first: on few cores, starting pods would starve them.
    'inference.defaults.resources': { requests: { cpu: '300m', memory: '128Mi' }, limits: { memory: '1Gi' } },
    'router.resources': { requests: { cpu: '300m', memory: '96Mi' }, limits: { memory: '768Mi' } },
    // One of the test bed's two nodes has GPUs.
    'placement.avoidGpuNodes': false,
    'networkPolicy.s3.ports': [7070],
  };
}

/** Pods of a lost node are evicted after seconds instead of minutes. */
function shortTolerations() {
  return ['not-ready', 'unreachable'].map(key => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 5,
  }));
}

/** helm upgrade --install, and waits until all pods are ready. */
export async function deploy(values: Values = {}, timeout = '300s'): Promise<void> {
  const sets = Object.entries({ ...(await baseValues()), ...values }).flatMap(([path, value]) => [
    '--set-json',
    `${path}=${JSON.stringify(value)}`,
  ]);
  await helm('upgrade', '--install', RELEASE, CHART, ...sets, '--wait', '--timeout', timeout);
  await eventually('the previous pods to be gone', async () => !(await hasTerminating()), 120_000, 500);
}

/** Terminating pods still work with the previous values. */
async function hasTerminating(): Promise<boolean> {
  const pods = await list('pods', { namespace: NAMESPACE, selector: `app.kubernetes.io/instance=${RELEASE}` });
  return pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
}

export async function helm(...args: string[]): Promise<string> {
  const program = process.env.HELM ?? 'helm';
  const { code, stdout, stderr } = await runCommand(program, [...args, '--namespace', NAMESPACE]);
  if (code === 0) return stdout;
  throw new Error(`helm ${args[0]}: ${stderr.trim() || stdout.trim()}\n${await describePods()}`);
}

/** The state of the release's pods, for error messages. */
export async function describePods(): Promise<string> {
  return await kubectl('--namespace', NAMESPACE, 'get', 'pods', '-o', 'wide').catch(String);
}

/** How a program outside of the cluster reaches the mesh. */
export interface ExternalAccess {
  readonly addresses: { ingest: string; training: string; registry: string; inference: string };
  readonly apiKey: string;
  readonly caFile: string;
}

export async function readExternalAccess(): Promise<ExternalAccess> {
  const [node] = await listNodes();
  const address = async (component: string) => {
    const service = await get('service', `${FULLNAME}-${component}-external`, NAMESPACE);
    const ports = service.spec.ports as { name: string; nodePort?: number }[];
    return `${node?.address}:${ports.find(({ nodePort }) => nodePort !== undefined)?.nodePort}`;
  };
  const folder = await mkdtemp(join(tmpdir(), 'athanor-cluster-'));
  const caFile = join(folder, 'ca.crt');
  await writeFile(caFile, await secretValue('public-tls', 'ca.crt'));
  return {
    addresses: {
      ingest: await address('ingest'),
      training: await address('training'),
      registry: await address('registry'),
      inference: await address('inference'),
    },
    apiKey: (await secretValue('api-credentials', 'api-key')).toString(),
    caFile,
  };
}

export function connectTo({ addresses, apiKey, caFile }: ExternalAccess): AthanorClient {
  return createAthanorClient({ addresses, apiKey, caFile });
}

/** A value of a secret generated by the release. */
export async function secretValue(name: string, key: string): Promise<Buffer> {
  const path = `{.data.${key.replaceAll('.', '\\.')}}`;
  const args = ['--namespace', NAMESPACE, 'get', 'secret', `${FULLNAME}-${name}`, '-o', `jsonpath=${path}`];
  return Buffer.from(await kubectl(...args), 'base64');
}

/** Pods of a component of the release. */
export function podsOf(component: string) {
  const selector = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component=${component}`;
  return list('pods', { namespace: NAMESPACE, selector });
}
