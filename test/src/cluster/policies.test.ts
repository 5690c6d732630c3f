import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { FULLNAME, NAMESPACE, unavailable } from './cluster.js';
import { freshRelease } from './fresh-release.js';
import { apply, get, isReady, kubectl } from './kubectl.js';
import { podsOf } from './release.js';

// The mesh's network policies, tested from a pod outside of them. Whether the cluster's network enforces policies is
// tested first, with the test's own policy.

const PROBES = 3;
const OUTSIDE = 'athanor-test-outside';

describe.skipIf(unavailable !== undefined)(`network policies${unavailable ? ` (skipped: ${unavailable})` : ''}`, () => {
  beforeAll(async () => {
    await freshRelease();
    const [pod] = await podsOf('registry');
    const { image } = (pod!.spec.containers as { image: string }[])[0]!;
    await apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } }));
    await apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [caller(image), refused(image)] }));
    const ready = async (name: string) => isReady(await get('pod', name, OUTSIDE));
    await eventually('the pods outside', async () => (await ready('caller')) && (await ready('refused')), 60_000, 500);
  }, 300_000);
  afterAll(async () => {
    await kubectl('delete', 'namespace', OUTSIDE, '--wait=false', '--ignore-not-found');
  });

  it('let an external pod reach the public ports only (skipped where the cluster’s network ignores policies)', async ({
    skip,
  }) => {
    const { podIP } = (await get('pod', 'refused', OUTSIDE)).status as { podIP: string };
    await eventually('the pod to listen', () => reaches(podIP, 8080), 30_000, 500);
    await apply(JSON.stringify(denyAll()));
    // Enforcement of a policy may take a moment.
    await new Promise(resolve => setTimeout(resolve, 5_000));
    let refusals = 0;
    for (let probe = 0; probe < PROBES; probe++) if (!(await reaches(podIP, 8080))) refusals++;
    skip(refusals < PROBES);
    const { clusterIP } = (await get('service', `${FULLNAME}-registry`, NAMESPACE)).spec as { clusterIP: string };
    const [pod] = await podsOf('registry');
    expect(await reaches(clusterIP, 8031)).toBe(true);
    expect(await reaches(clusterIP, 8033)).toBe(false);
    expect(await reaches(pod!.status.podIP, 8032)).toBe(false);
  }, 60_000);
});

/** Whether a TCP connection from the external pod succeeds. */
async function reaches(host: string, port: number): Promise<boolean> {
  const script = `
    const socket = require('node:net').connect({ host: '${host}', port: ${port}, timeout: 3000 });
    const report = answer => { console.log(answer); process.exit(); };
    socket.on('connect', () => report(true)).on('error', () => report(false)).on('timeout', () => report(false));`;
  const output = await kubectl('--namespace', OUTSIDE, 'exec', 'caller', '--', 'node', '-e', script);
  return output.trim() === 'true';
}

function caller(image: string) {
  return pod('caller', image, 'setInterval(() => undefined, 1000)');
}

/** Listens, but its policy allows no ingress. */
function refused(image: string) {
  return pod('refused', image, "require('node:net').createServer(socket => socket.end()).listen(8080)");
}

function pod(name: string, image: string, script: string) {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: OUTSIDE, labels: { app: name } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name, image, imagePullPolicy: 'IfNotPresent', command: ['node', '-e', script], securityContext }],
    },
  };
}

function denyAll() {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny-all', namespace: OUTSIDE },
    spec: { podSelector: { matchLabels: { app: 'refused' } }, policyTypes: ['Ingress'] },
  };
}
