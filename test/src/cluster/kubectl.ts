import { spawn } from 'node:child_process';
import { runCommand } from '../mesh/run-athanor.js';

// kubectl as used by a user, on the cluster of KUBECONFIG.

export interface ObjectStatus {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>> & { readonly nodeName?: string; readonly clusterIP?: string };
  // biome-ignore lint/suspicious/noExplicitAny: any shape that the API server returns
  readonly status: any;
}

/** Standard output; throws with kubectl's error message. */
export async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand('kubectl', args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

export async function apply(manifest: string, namespace?: string): Promise<void> {
  const scope = namespace === undefined ? [] : ['--namespace', namespace];
  const child = spawn('kubectl', [...scope, 'apply', '-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let problem = '';
  child.stderr.on('data', (data: Buffer) => {
    problem += data.toString();
  });
  child.stdin.end(manifest);
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  if (code !== 0) throw new Error(`kubectl apply: ${problem}`);
}

/** Objects of a kind, by label selector. */
export async function list(kind: string, options: { namespace: string; selector?: string }): Promise<ObjectStatus[]> {
  const { namespace, selector } = options;
  const args = ['get', kind, '-o', 'json', '--namespace', namespace, ...(selector ? ['-l', selector] : [])];
  return (JSON.parse(await kubectl(...args)) as { items: ObjectStatus[] }).items;
}

export async function get(kind: string, name: string, namespace: string): Promise<ObjectStatus> {
  return JSON.parse(await kubectl('get', kind, name, '-o', 'json', '--namespace', namespace)) as ObjectStatus;
}

export function isReady(pod: ObjectStatus): boolean {
  const conditions = (pod.status.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
