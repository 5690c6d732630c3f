import type { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

const NO_RECORDS = new Set(['ENOTFOUND', 'ENODATA']);

/** One process of a pool. */
export interface HostPort {
  /** The name that its certificate is for. */
  readonly host: string;
  /** "ip:port". */
  readonly target: string;
}

/** What is asked of DNS. */
export type Records = Pick<Resolver, 'resolve4' | 'resolve6'>;

/**
 * Every address of the hosts ("host:port", with commas between several), as a headless Service has one for each ready pod.
 * A name without addresses gives none; a DNS server that does not answer is an error, which says nothing of the pods.
 */
export async function resolveHosts(address: string, records: Records): Promise<HostPort[]> {
  const hosts = address.split(',').map(each => {
    const at = each.lastIndexOf(':');
    return { host: each.slice(0, at), port: each.slice(at + 1) };
  });
  const found = await Promise.all(
    hosts.map(async ({ host, port }) =>
      (await addressesOf(host, records)).map(ip => ({ host, target: toTarget(ip, port) })),
    ),
  );
  return found.flat();
}

/** IPv6 is asked for only where there is no IPv4 address: some servers answer nothing but an error for it. */
async function addressesOf(host: string, records: Records): Promise<string[]> {
  if (isIP(host)) return [host];
  // Not in DNS but in a file, for a router on a laptop.
  if (host === 'localhost') return ['127.0.0.1'];
  const v4 = await present(records.resolve4(host));
  return v4.length > 0 ? v4 : await present(records.resolve6(host));
}

async function present(answer: Promise<string[]>): Promise<string[]> {
  try {
    return await answer;
  } catch (error) {
    if (NO_RECORDS.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function toTarget(ip: string, port: string): string {
  return isIP(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`;
}
