import { runCommand } from '../mesh/run-athanor.js';
import { kubectl, type ObjectStatus } from './kubectl.js';

// What happens to nodes and processes, done to them from outside.

/** Cuts a node off the network (test bed only). @returns how to heal it, which waits until it is Ready again. */
export async function cutOff(node: string): Promise<() => Promise<void>> {
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

/** SIGKILL to the process of a pod's container: by the kernel, as the out-of-memory killer does it. */
export async function killInPod(pod: ObjectStatus): Promise<void> {
  // A process cannot kill the first of its own namespace: from this machine, where the node's processes can be seen.
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
  throw new Error(`no process of pod ${pod.metadata.name} is seen from here: run the suite on the machine of its node`);
}
