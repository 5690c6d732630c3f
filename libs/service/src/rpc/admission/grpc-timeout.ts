import type { IncomingHttpHeaders } from 'node:http2';
import { ServiceError } from '../../errors/index.js';

// TimeoutValue is at most 8 digits, TimeoutUnit one letter (PROTOCOL-HTTP2). grpc-js accepts a match anywhere in the
// header, so it would read "123456789S" as 23456789 s; and it computes in 32 bits, so a timeout of 30 days would expire
// at once.

const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
const MAX_TIMER_MS = 0x7fffffff;

/**
 * Removes a timeout that grpc-js would misread from the headers. @returns the problem, to be reported once the caller
 * is authenticated.
 */
export function checkTimeout(headers: IncomingHttpHeaders): ServiceError | undefined {
  const text = headers['grpc-timeout'];
  if (text === undefined) return undefined;
  const [, value, unit = ''] = TIMEOUT.exec(String(text)) ?? [];
  if (value === undefined) {
    delete headers['grpc-timeout'];
    const message = `expected a grpc-timeout of 1 to 8 digits and a unit of H, M, S, m, u or n, received '${text}'`;
    return new ServiceError('INTERNAL', message, { reason: 'MALFORMED_TIMEOUT' });
  }
  if (Number(value) * UNIT_MS[unit]! > MAX_TIMER_MS) headers['grpc-timeout'] = `${Math.floor(MAX_TIMER_MS / 1_000)}S`;
  return undefined;
}
