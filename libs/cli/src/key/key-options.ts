import { TENANT_PERMISSIONS } from '@athanor/contracts';
import { InvalidArgumentError } from 'commander';

const ALL = '*';
const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/** "models.infer,models.read", or "*": all permissions of a tenant's key. */
export function permissionList(text: string): string[] {
  const names = text.split(',').map(name => name.trim());
  const unknown = names.filter(name => name !== ALL && !TENANT_PERMISSIONS.includes(name));
  if (unknown.length === 0) return names;
  throw new InvalidArgumentError(
    `expected permissions separated by commas, or '*' for all; '${unknown.join("', '")}' is none of ${TENANT_PERMISSIONS.join(', ')}`,
  );
}

/** "30d", "12h", "4w" from now, or a time such as 2030-01-31 or 2030-01-31T12:00:00Z; returned in ISO 8601. */
export function expiryTime(text: string): string {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const time = count === undefined ? parseTime(text) : Date.now() + Number(count) * (UNITS[unit] ?? 0);
  if (!Number.isNaN(time) && time > Date.now()) return new Date(time).toISOString();
  throw new InvalidArgumentError("expected a time in the future: '30d', '12h', '4w', or a date such as 2030-01-31");
}

function parseTime(text: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}
