// Quarantined rows for people and as CSV: one line for each reason.

import type { QuarantinedRow } from '@athanor/contracts/ingest';
import { table } from '../output/render.js';

const TITLES = ['file', 'row', 'column', 'value', 'check', 'reason'] as const;

export function quarantineText(rows: readonly QuarantinedRow[]): string {
  const clip = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const lines = rows.flatMap(linesOf).map(line => line.map(clip));
  return table(
    TITLES.map(title => title.toUpperCase()),
    lines,
  );
}

/** RFC 4180, with a header. */
export function quarantineCsv(rows: readonly QuarantinedRow[], { header }: { readonly header: boolean }): string {
  const lines = [...(header ? [[...TITLES]] : []), ...rows.flatMap(linesOf)];
  return lines.map(line => `${line.map(cell).join(',')}\r\n`).join('');
}

function linesOf({ filename, rowNumber, reasons }: QuarantinedRow): string[][] {
  return reasons.map(({ check, column, value, detail }) => [
    ...[filename, String(rowNumber), column, value ?? '', check, detail],
  ]);
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
