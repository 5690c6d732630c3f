import { runCommand } from '../mesh/run-athanor.js';
import { kubectl, type ObjectStatus } from './kubectl.js';

// Failures of nodes and processes, caused from outside.

/**
 * Disconnects a node from the network (test bed only). @returns a function that reconnects it and waits until it is
 * Ready.
 */
export async function disconnectNode(node: string): Promise<() => Promise<void>> {
  const index = Number(/-(\d+)$/.exec(node)?.[1] ?? '1') - 1;
  const link = async (state: 'up' | 'down') => {
    const { code, stderr } = await runCommand('ip', ['link', 'set', `veth${index}`, state]);
    if (code !== 0) throw new Error(`ip link: ${stderr}`);
  };
  await link('down');
  return async () => {
    await link('up');
    await kubectl('wait', '--for=condition=Ready', `node/${node}`, '--timeout=120s');
  };
}

/** SIGKILL to the process of a pod's container, like the out-of-memory killer. */
export async function killInPod(pod: ObjectStatus): Promise<void> {
  // A process cannot kill the first process of its own namespace, so this uses the host, where the node's processes are
  // visible.
  const uid = pod.metadata.uid;
  const { stdout } = await runCommand('sh', ['-c', `grep -l "${uid}" /proc/[0-9]*/cgroup 2>/dev/null`]);
  const pids = stdout.split('\n').flatMap(path => /\/proc\/(\d+)\//.exec(path)?.[1] ?? []);
  for (const pid of pids) {
    const { stdout: command } = await runCommand('cat', [`/proc/${pid}/cmdline`]);
    if (command.includes('/main.js')) {
      process.kill(Number(pid), 'SIGKILL');
      return;
    }
  }
  throw new Error(`no process of pod ${pod.metadata.name} is visible here: run the suite on the machine of its node`);
}
