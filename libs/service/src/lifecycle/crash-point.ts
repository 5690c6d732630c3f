// Named places where a test lets the process die as if by kill -9 (after etcd's gofail): the proof that what is done
// before and after them can be taken up again. Unarmed, a crash point costs one comparison.

let armed: { name: string; hitsLeft: number } | undefined;

/** Arms "name" or "name:n" (die at the n-th hit). main.ts passes ATHANOR_CRASH_POINT. */
export function armCrashPoint(setting: string | undefined): void {
  if (setting === undefined) return;
  const [name = '', hits = '1'] = setting.split(':');
  armed = { name, hitsLeft: Number(hits) };
}

export function crashPoint(name: string): void {
  if (armed?.name !== name) return;
  armed.hitsLeft -= 1;
  if (armed.hitsLeft <= 0) process.kill(process.pid, 'SIGKILL');
}
