import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';
import { type Helm, tools } from './tools.js';

export const CHART = join(ROOT, 'charts/athanor');
export const MINIMAL_VALUES = join(CHART, 'ci/minimal-values.yaml');

/** A Kubernetes object as rendered. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds, looked into by path
  readonly [key: string]: any;
}

export interface RenderOptions {
  readonly helm?: Helm;
  /** Values files; the smallest set that renders, if none is given. */
  readonly files?: readonly string[];
  /** Further values, which override the files. */
  readonly values?: unknown;
  readonly release?: string;
  readonly apis?: readonly string[];
}

/** Further APIs of a well-equipped cluster, besides those of Kubernetes. */
export const APIS = [
  'resource.k8s.io/v1',
  'cert-manager.io/v1',
  'monitoring.coreos.com/v1',
  'keda.sh/v1alpha1',
  'gateway.networking.k8s.io/v1',
];

/** The values files of deploy/values that are for this chart. */
export const DEPLOY_VALUES = readdirSync(join(ROOT, 'deploy/values'))
  .filter(name => name.endsWith('.yaml') && name !== 'nats.yaml')
  .map(name => join(ROOT, 'deploy/values', name));

/** `helm template`; its error message is in stderr. */
export async function template(options: RenderOptions = {}) {
  const { files = [MINIMAL_VALUES], apis = APIS, release = 'athanor', helm = tools.helms[0]! } = options;
  const args = ['template', release, CHART, '--namespace', 'ml', '--kube-version', '1.35.0'];
  for (const api of apis) args.push('--api-versions', api);
  for (const file of files) args.push('--values', file);
  // One --set-json per key, so that no file is left behind.
  for (const [key, value] of Object.entries(options.values ?? {})) {
    args.push('--set-json', `${key}=${JSON.stringify(value)}`);
  }
  return await runCommand(helm.path, args);
}

const rendered = new Map<string, Promise<KubeObject[]>>();

/** The objects of the chart. Equal options are rendered once. */
export function render(options: RenderOptions = {}): Promise<KubeObject[]> {
  const key = JSON.stringify(options);
  const known = rendered.get(key) ?? renderAnew(options);
  rendered.set(key, known);
  return known;
}

async function renderAnew(options: RenderOptions): Promise<KubeObject[]> {
  const { code, stdout, stderr } = await template(options);
  if (code !== 0) throw new Error(stderr);
  return parseObjects(stdout);
}

export function parseObjects(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map(document => document.toJS() as KubeObject | null)
    .filter(object => object !== null);
}

/** As JSON, which is YAML of every version: kubectl's takes a bare "off" for false. */
export function toManifest(objects: readonly unknown[]): string {
  return objects.map(object => JSON.stringify(object)).join('\n---\n');
}

/** One object by kind and name; throws if there is none. */
export function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} was rendered`);
  return found;
}

export function ofKind(objects: readonly KubeObject[], kind: string): KubeObject[] {
  return objects.filter(object => object.kind === kind);
}

export interface RenderedPod {
  /** The object that it is in, for messages. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a pod's spec, looked into by path
  readonly spec: any;
  readonly labels: Readonly<Record<string, string>>;
}

/** All pod templates: those of Deployments, bare pods, and the attempts' in their Job template. */
export function pods(objects: readonly KubeObject[]): RenderedPod[] {
  return objects.flatMap(object => {
    const { name, labels = {} } = object.metadata;
    if (object.kind === 'Pod') return [{ name, labels, spec: object.spec }];
    if (object.kind === 'Deployment') return [podOf(name, object.spec.template)];
    const job = object.kind === 'ConfigMap' ? object.data['job.json'] : undefined;
    return job === undefined ? [] : [podOf(name, JSON.parse(job).spec.template)];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a pod template, looked into by path
function podOf(name: string, template: any): RenderedPod {
  return { name, labels: template.metadata.labels, spec: template.spec };
}

/** The container's variables: strings, and "secret/key" for those from a secret. */
export function variables(pod: RenderedPod): Record<string, string> {
  const entries = pod.spec.containers[0].env as {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[];
  return Object.fromEntries(
    entries.map(({ name, value, valueFrom }) => [
      name,
      value ?? `${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`,
    ]),
  );
}
