import type { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

const NO_RECORDS = new Set(['ENOTFOUND', 'ENODATA']);

/** One process of a pool. */
export interface HostPort {
  /** The name in its certificate. */
  readonly host: string;
  /** "ip:port". */
  readonly target: string;
}

/** The DNS queries used. */
export type Records = Pick<Resolver, 'resolve4' | 'resolve6'>;

/**
 * All addresses of the hosts ("host:port", comma-separated); a headless Service has one per ready pod. A name without
 * addresses gives an empty list; a DNS failure is an error, because it says nothing about the pods.
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

/** IPv6 is queried only if there is no IPv4 address, because some servers return an error for it. */
async function addressesOf(host: string, records: Records): Promise<string[]> {
  if (isIP(host)) return [host];
  // Resolved from the hosts file instead of DNS, for a router on a laptop.
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
