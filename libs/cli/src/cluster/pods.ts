import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError, EXIT_CODES } from '../exit-codes.js';

// The pods of a release, one line each, read by the user's own kubectl with the user's permissions.

/** A release of the Helm chart. */
export interface ClusterPlace {
  readonly namespace: string;
  readonly release: string;
  /** kubectl's context; default: the current one. */
  readonly kubeContext?: string;
}

export interface PodStatus {
  readonly name: string;
  readonly component: string;
  readonly node: string;
  readonly state: string;
  /** Why it is not ready, as reported by the scheduler or the kubelet; empty if it is. */
  readonly reason: string;
}

export async function listPods({ namespace, release, kubeContext }: ClusterPlace): Promise<PodStatus[]> {
  const place = [...(kubeContext === undefined ? [] : ['--context', kubeContext]), '--namespace', namespace];
  const args = [...place, 'get', 'pods', '-l', `app.kubernetes.io/instance=${release}`, '-o', 'json'];
  try {
    const { stdout } = await promisify(execFile)('kubectl', args, { maxBuffer: 256 * 1024 * 1024 });
    return (JSON.parse(stdout) as { items: Pod[] }).items.map(toStatus);
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const why = code === 'ENOENT' ? 'kubectl is not on the PATH' : stderr?.trim() || message;
    throw new CliError(`the pods of release ${release} cannot be listed: ${why}`, EXIT_CODES.unavailable, {
      cause: error,
    });
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number };
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly state?: ContainerState; readonly lastState?: ContainerState }[];
  };
}

export function toStatus({ metadata, spec, status }: Pod): PodStatus {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const ended = metadata.deletionTimestamp === undefined ? status.phase : 'Terminating';
  return {
    name: metadata.name,
    component: metadata.labels?.['app.kubernetes.io/component'] ?? '',
    node: spec.nodeName ?? '',
    state: ready ? 'Ready' : (ended ?? 'Unknown'),
    reason: ready || status.phase === 'Succeeded' ? '' : reasonOf(status),
  };
}

function reasonOf({ conditions = [], containerStatuses = [] }: Pod['status']): string {
  const scheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (scheduled !== undefined) return joined(scheduled.reason, scheduled.message);
  for (const { state, lastState } of containerStatuses) {
    // The error of the last run says more than the reason for waiting.
    const last = lastState?.terminated ?? state?.terminated;
    if (last !== undefined) return joined(last.reason, last.message || `exit code ${last.exitCode}`);
    if (state?.waiting !== undefined) return joined(state.waiting.reason, state.waiting.message);
  }
  const unready = conditions.find(({ type, status }) => type === 'Ready' && status === 'False');
  return joined(unready?.reason, unready?.message);
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter(Boolean)
    .map(part => part!.trim().replaceAll(/\s+/g, ' '))
    .join(': ');
}
