import type { WireInt64 } from './schema.js';

/** A number if it is exact, else a bigint. */
export function fromWireInt64(value: WireInt64): number | bigint {
  if (typeof value === 'number') return value;
  const exact = (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

export function toWireInt64(value: number | bigint): WireInt64 {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 31) return value;
  const exact = BigInt.asUintN(64, BigInt(value));
  return { low: Number(exact & 0xffffffffn) | 0, high: Number(exact >> 32n) | 0, unsigned: false };
}
