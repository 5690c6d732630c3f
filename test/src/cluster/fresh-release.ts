import { eventually } from '../mesh/main-job.js';
import { listNodes, NAMESPACE, RELEASE } from './cluster.js';
import { isReady, kubectl, list, type ObjectStatus } from './kubectl.js';
import { deploy, type Values } from './release.js';

// Each file of the suite starts from the same state, whatever the previous one left: unused pods take CPU that others
// need.

/** Removes what other tests left, installs the release with these values, and prints the differences that it found. */
export async function freshRelease(values: Values = {}): Promise<void> {
  const found = [...(await uncordonNodes()), ...(await removeJobs()), ...(await removeLostPods())];
  await deploy(values);
  await eventually('every pod of the release to be ready', allReady, 180_000, 500);
  if (found.length > 0) process.stdout.write(`Before this file: ${found.join(', ')}.\n`);
}

async function uncordonNodes(): Promise<string[]> {
  const { items } = JSON.parse(await kubectl('get', 'nodes', '-o', 'json')) as { items: ObjectStatus[] };
  const cordoned = items.filter(({ spec }) => spec.unschedulable === true).map(({ metadata }) => metadata.name);
  for (const name of cordoned) await kubectl('uncordon', name);
  for (const { name } of await listNodes()) {
    await kubectl('wait', '--for=condition=Ready', `node/${name}`, '--timeout=120s');
  }
  return cordoned.map(name => `node ${name} was cordoned`);
}

/** Jobs of attempts whose training jobs were abandoned by the test that created them. */
async function removeJobs(): Promise<string[]> {
  const jobs = await list('jobs', { namespace: NAMESPACE, selector: `athanor.dev/release=${RELEASE}` });
  const open = jobs.filter(({ status }) => (status.active ?? 0) > 0).map(({ metadata }) => metadata.name);
  if (open.length > 0)
    await kubectl('--namespace', NAMESPACE, 'delete', 'job', ...open, '--wait=true', '--timeout=60s');
  return open.map(name => `job ${name} still ran`);
}

/** Pods that have ended, or that were deleted but not removed: those of a lost node. */
async function removeLostPods(): Promise<string[]> {
  const pods = await list('pods', { namespace: NAMESPACE, selector: `app.kubernetes.io/instance=${RELEASE}` });
  const lost = pods
    .filter(({ metadata, status }) => metadata.deletionTimestamp !== undefined || status.phase === 'Failed')
    .map(({ metadata }) => metadata.name);
  if (lost.length > 0) {
    await kubectl(
      '--namespace',
      NAMESPACE,
      'delete',
      'pod',
      ...lost,
      '--force',
      '--grace-period=0',
      '--ignore-not-found',
    );
  }
  return lost.map(name => `pod ${name} was left`);
}

async function allReady(): Promise<boolean> {
  const pods = await list('pods', { namespace: NAMESPACE, selector: `app.kubernetes.io/instance=${RELEASE}` });
  const own = pods.filter(({ status }) => status.phase !== 'Succeeded');
  return own.length > 0 && own.every(pod => pod.metadata.deletionTimestamp === undefined && isReady(pod));
}
