import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** A result: its value for programs, and its text for people. */
export interface View {
  readonly value: unknown;
  readonly text: () => string;
}

export function render(view: View, format: Format): string {
  if (format === 'json') return `${JSON.stringify(view.value, jsonValue, 2)}\n`;
  if (format === 'yaml') return toYaml(JSON.parse(JSON.stringify(view.value, jsonValue)));
  return view.text();
}

/** Loaded on demand. */
function toYaml(value: unknown): string {
  return (createRequire(import.meta.url)('yaml') as typeof Yaml).stringify(value);
}

// Timestamps in ISO 8601, without the decoder's markers of optional fields.
function jsonValue(key: string, value: unknown): unknown {
  if (key.startsWith('_')) return undefined;
  if (value === null || typeof value !== 'object') return value;
  if ('seconds' in value && 'nanos' in value && Object.keys(value).length === 2) return formatTime(value as Timestamp);
  return value;
}

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export function formatTime(time: Timestamp | null | undefined): string {
  if (time === null || time === undefined) return '';
  return new Date(Number(time.seconds) * 1000 + time.nanos / 1e6).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Columns with titles, separated by two spaces. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows].map(cells => cells.map(cell => String(cell).replaceAll(/\s*\n\s*/g, ' ')));
  const widths = head.map((_title, column) => Math.max(...lines.map(cells => cells[column]?.length ?? 0)));
  return lines
    .map(
      cells =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** "name: value" lines; empty values are omitted. */
export function fields(entries: readonly (readonly [string, string | number | undefined])[]): string {
  const shown = entries.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${value}\n`).join('');
}

/** "STATE_READY" as "READY". */
/** Four decimals; a dash if there is no value. */
export function figure(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(4);
}

export function enumText(value: string, prefix = 'STATE_'): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

export function shortDigest(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}
