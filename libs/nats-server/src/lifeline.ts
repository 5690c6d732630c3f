/*
 * A child that exits when its parent does, for any reason. A shell between them holds the reading end of a pipe whose
 * writing end only the parent has: the kernel closes it even after SIGKILL, and then the shell ends the child (SIGTERM,
 * then SIGKILL after the grace period).
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type LifelineProcess = ChildProcessByStdio<Writable, Readable, Readable>;

// Prints the child's pid, then waits. fd 3 is the lifeline. Signals that a terminal sends to the process group do not
// reach the child: the parent decides when it ends.
const GUARD = `
grace=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
child=$!
trap '' INT TERM HUP
( read -r _ <&3; kill -TERM $child; sleep $grace; kill -KILL $child ) >/dev/null 2>&1 &
guard=$!
exec 3<&-
echo $child
wait $child
code=$?
kill -KILL $guard 2>/dev/null
exit $code
`;

/** stdin is the lifeline: ending it ends the child. The first line of stdout is the child's pid; its output is stderr. */
export function spawnWithLifeline(file: string, args: readonly string[], graceSeconds: number): LifelineProcess {
  return spawn('/bin/sh', ['-c', GUARD, 'lifeline', String(graceSeconds), file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}
