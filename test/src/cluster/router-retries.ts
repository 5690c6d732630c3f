import { podsOf } from './release.js';

const ADMIN_PORT = 8052;
const SAMPLE = /^athanor_router_retries_total(?:\{[^}]*\})? (\d+)/gm;

/** Number of retries of all routers since this was called: for a pod that ends, the last value is kept. */
export function countRouterRetries(intervalMs = 2_000): { stop(): Promise<number> } {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  let sampling = sample();
  const timer = setInterval(() => {
    sampling = sampling.then(sample);
  }, intervalMs);

  async function sample(): Promise<void> {
    const pods = await podsOf('router').catch(() => []);
    for (const { metadata, status } of pods) {
      const text = await fetch(`http://${status.podIP}:${ADMIN_PORT}/metrics`, { signal: AbortSignal.timeout(1_000) })
        .then(answer => answer.text())
        .catch(() => undefined);
      if (text === undefined) continue;
      const total = [...text.matchAll(SAMPLE)].reduce((sum, [, value]) => sum + Number(value), 0);
      if (!first.has(metadata.uid)) first.set(metadata.uid, isNew(metadata) ? 0 : total);
      last.set(metadata.uid, total);
    }
  }

  const begun = Date.now();
  const isNew = ({ creationTimestamp }: { readonly creationTimestamp?: string }) =>
    Date.parse(creationTimestamp ?? '') > begun;
  return {
    async stop() {
      clearInterval(timer);
      await sampling;
      await sample();
      return [...last].reduce((sum, [uid, total]) => sum + total - (first.get(uid) ?? 0), 0);
    },
  };
}
