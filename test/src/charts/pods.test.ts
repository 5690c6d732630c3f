import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEPLOY_VALUES, find, MINIMAL_VALUES, ofKind, pods, type RenderedPod, render, variables } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');
const FILES = [MINIMAL_VALUES, ...DEPLOY_VALUES];

describe.skipIf(absent)(`every pod${absent ? ` (skipped: ${absent})` : ''}`, () => {
  describe.each(FILES.map(file => [basename(file), file] as const))('of %s', (_name, file) => {
    it('complies with pod security "restricted", and more', async () => {
      for (const { name, spec } of pods(await render({ files: [file] }))) {
        expect(spec.securityContext, name).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 65532,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(spec, name).not.toHaveProperty('hostNetwork');
        expect(spec.initContainers, name).toBeUndefined();
        for (const container of spec.containers) {
          expect(container.securityContext, name).toEqual({
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          });
          expect(container.resources.requests, name).toHaveProperty('memory');
          expect(container.resources.limits, name).toHaveProperty('memory');
        }
      }
    });

    it('writes to nothing but /tmp and its blobs', async () => {
      for (const { name, spec } of pods(await render({ files: [file] }))) {
        const mounts = spec.containers[0].volumeMounts as { mountPath: string; readOnly?: boolean }[];
        const writable = mounts.filter(each => each.readOnly !== true).map(each => each.mountPath);
        expect(
          writable.filter(path => !['/tmp', '/var/lib/athanor/blobs'].includes(path)),
          name,
        ).toEqual([]);
      }
    });

    it('has no token of the API server, except training’s with Jobs', async () => {
      for (const pod of pods(await render({ files: [file] }))) {
        const makesJobs = variables(pod).ATHANOR_EXECUTOR === 'kubernetes';
        expect(pod.spec.automountServiceAccountToken, pod.name).toBe(makesJobs);
      }
    });

    it('has a grace period longer than preStop and drain', async () => {
      for (const pod of services(await render({ files: [file] }))) {
        const { preStop } = pod.spec.containers[0].lifecycle;
        const { ATHANOR_DRAIN_DELAY_MS: delayMs, ATHANOR_DRAIN_GRACE_MS: graceMs } = variables(pod);
        const needs = preStop.sleep.seconds + (Number(delayMs) + Number(graceMs)) / 1000;
        expect(pod.spec.terminationGracePeriodSeconds, pod.name).toBeGreaterThanOrEqual(needs + 5);
        expect(Number(graceMs), 'longer than the longest call').toBeGreaterThan(
          Number(variables(pod).ATHANOR_DEFAULT_DEADLINE_MS),
        );
      }
    });

    it('is probed on the plain admin port, and not restarted while it drains', async () => {
      for (const pod of services(await render({ files: [file] }))) {
        const [{ startupProbe, readinessProbe, livenessProbe, ports }] = pod.spec.containers;
        const admin = ports.find((port: { name: string }) => port.name === 'admin').containerPort;
        expect(String(admin)).toBe(variables(pod).ATHANOR_ADMIN_PORT);
        expect(startupProbe.grpc).toEqual({ port: admin });
        expect(readinessProbe.grpc).toEqual({ port: admin });
        expect(livenessProbe.httpGet).toEqual({ path: '/livez', port: 'admin' });
        for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
          expect(probe.timeoutSeconds, 'tolerance of a busy machine').toBeGreaterThanOrEqual(5);
        }
      }
    });
  });

  it("has each variable once, and those of the values override the chart's", async () => {
    const values = { 'defaults.env': { ATHANOR_LOG_LEVEL: 'debug' }, 'ingest.env': { EXTRA: '1' } };
    const rendered = services(await render({ values }));
    for (const pod of rendered) {
      const names = pod.spec.containers[0].env.map((each: { name: string }) => each.name);
      expect(names).toEqual([...new Set(names)]);
      expect(variables(pod).ATHANOR_LOG_LEVEL).toBe('debug');
    }
    expect(variables(rendered.find(({ name }) => name === 'athanor-ingest')!).EXTRA).toBe('1');
  });

  it('has rights in its own namespace only, and no wildcard', async () => {
    const objects = await render();
    expect(objects.filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([]);
    const roles = ofKind(objects, 'Role');
    expect(roles.map(({ metadata }) => metadata.name)).toEqual(['athanor-training']);
    const rules = roles[0]!.rules as { resources: string[]; verbs: string[] }[];
    const granted = Object.fromEntries(rules.map(({ resources, verbs }) => [resources.join(), verbs]));
    expect(granted).toEqual({
      jobs: ['create', 'list', 'delete'],
      pods: ['list'],
      events: ['list'],
      secrets: ['create'],
    });
    expect(ofKind(await render({ values: { 'training.executor': 'local' } }), 'Role')).toEqual([]);
  });

  it('bug: has space in /tmp for data on its way to S3', async () => {
    const objects = await render();
    const room = (name: string) => {
      const { volumes } = find(objects, 'Deployment', name).spec.template.spec;
      return volumes.find((volume: { name: string }) => volume.name === 'tmp').emptyDir.sizeLimit;
    };
    expect(['athanor-ingest', 'athanor-training', 'athanor-registry'].map(room)).toEqual(['5Gi', '2Gi', '8Gi']);
    // Nothing is stored there if blobs are files.
    const onVolume = { 'blobs.mode': 'pvc', 'ingest.tmpSizeLimit': '100Mi' };
    expect(pods(await render({ values: onVolume }))).not.toEqual([]);
  });

  it('has a disruption budget that broken pods do not use up', async () => {
    for (const budget of ofKind(await render(), 'PodDisruptionBudget')) {
      expect(budget.spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    }
  });
});

/** The serving pods: all except attempts and the smoke test. */
function services(objects: Parameters<typeof pods>[0]): RenderedPod[] {
  return pods(objects).filter(pod => pod.spec.containers[0].ports !== undefined);
}
