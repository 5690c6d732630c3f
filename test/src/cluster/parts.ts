import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { natsPermissions } from '@athanor/events/nats-permissions';
import { PINNED_VERSION } from '@athanor/nats-server';
import { ROOT } from '../mesh/test-mesh.js';
import { listNodes, NAMESPACE, TEST_BED_STATE } from './cluster.js';
import { apply, kubectl } from './kubectl.js';

// NATS, PostgreSQL and S3 in the cluster, as a platform team would provide them, and the secrets for their users.

const NATS_USERS = ['ingest', 'training', 'registry', 'router', 'inference'] as const;
const S3_VERSION = '1.8.0';
const VOLUMES = ['data-nats-0', 'data-postgres-0', 'data-s3-0'];

export async function installParts(): Promise<void> {
  await apply(namespace());
  // A repeated run of the suite reuses them with their original passwords.
  if ((await kubectl('--namespace', NAMESPACE, 'get', 'secret', 's3', '-o', 'name', '--ignore-not-found')) !== '')
    return;
  if (!(await hasStorageClass())) await createVolumes();
  const password = randomBytes(16).toString('hex');
  const natsPasswords = Object.fromEntries(NATS_USERS.map(user => [user, `p${randomBytes(16).toString('hex')}`]));
  await apply(
    JSON.stringify(
      secretList({
        'nats-config': { 'nats.conf': natsConfig(natsPasswords) },
        'athanor-nats': Object.fromEntries(NATS_USERS.map(user => [`${user}-password`, natsPasswords[user]!])),
        postgres: { password },
        'athanor-database': {
          url: `postgres://postgres:${password}@postgres.${NAMESPACE}.svc.cluster.local:5432/athanor`,
        },
        s3: { AWS_ACCESS_KEY_ID: 'athanor', AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex') },
      }),
    ),
    NAMESPACE,
  );
  const [node] = await listNodes();
  for (const part of ['nats', 'postgres', 's3']) {
    const manifest = await readFile(join(ROOT, 'test/cluster/manifests', `${part}.yaml`), 'utf8');
    const variables = { $NATS_VERSION: PINNED_VERSION, $S3_VERSION: S3_VERSION, $NODE: node?.name ?? '' };
    const filled = Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), manifest);
    await apply(filled, NAMESPACE);
  }
  for (const part of ['nats', 'postgres', 's3'])
    await kubectl('--namespace', NAMESPACE, 'rollout', 'status', `statefulset/${part}`, '--timeout=180s');
}

function namespace(): string {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
}

function secretList(secrets: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const items = Object.entries(secrets).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData,
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

function natsConfig(passwords: Readonly<Record<string, string>>): string {
  const users = NATS_USERS.map(user => ({ user, password: passwords[user], permissions: natsPermissions(user) }));
  return JSON.stringify({
    port: 4222,
    server_name: 'nats-0',
    jetstream: { store_dir: '/data/jetstream', sync_interval: 'always' },
    authorization: { users },
  });
}

async function hasStorageClass(): Promise<boolean> {
  return (await kubectl('get', 'storageclass', '-o', 'name')).trim() !== '';
}

/** Folders of this machine as volumes, if the cluster has no provisioner: its nodes share the machine's disk. */
async function createVolumes(): Promise<void> {
  if (TEST_BED_STATE === undefined) throw new Error('the cluster has no storage class; the suite needs one');
  for (const claim of VOLUMES) {
    const path = join(TEST_BED_STATE, 'volumes', claim);
    await mkdir(path, { recursive: true });
    await chmod(path, 0o777);
    await apply(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: claim },
        spec: {
          capacity: { storage: '2Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path },
          claimRef: { namespace: NAMESPACE, name: claim },
        },
      }),
    );
  }
}
