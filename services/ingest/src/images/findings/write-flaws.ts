// Every flawed image, and those in quarantine with their reasons, as JSON Lines like those of tables.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindingFiles } from '../../tables/findings/write-findings.js';
import type { ImagePlan } from '../image-plan.js';
import type { PlacedImage } from '../layout/place-images.js';
import { IMAGE, LABEL, PATH } from '../version/columns.js';
import type { Flaw, FoundFlaws } from './find-flaws.js';

export async function writeFlaws(
  { flaws }: FoundFlaws,
  { images, sources }: { readonly images: readonly PlacedImage[]; readonly sources: ImagePlan['sources'] },
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<FindingFiles> {
  const findingsFile = `${name}/findings.jsonl`;
  const lines = flaws.map(({ index, check, action, removed, detail }) => ({
    ...{ rowId: images[index]!.rowId, check, column: IMAGE, action, removed, detail },
  }));
  await writeFile(join(folder, findingsFile), toJsonLines(lines));
  const quarantining = flaws.filter(({ action, removed }) => action === 'quarantine' && removed);
  if (quarantining.length === 0) return { findingsFile };
  const quarantineFile = `${name}/quarantine.jsonl`;
  const ordinals = ordinalsInSources(images);
  const flawsOf = groupByImage(flaws);
  const rows = quarantining
    .toSorted((a, b) => a.index - b.index)
    .map(({ index }) => {
      const { rowId, path, label, source } = images[index]!;
      return {
        ...{ rowId, filename: sources[source]!.filename, rowNumber: ordinals[index]! + 1 },
        values: { [PATH]: path, [LABEL]: label ?? null },
        reasons: flawsOf.get(index)!.map(toReason(path)),
      };
    });
  await writeFile(join(folder, quarantineFile), toJsonLines(rows));
  return { findingsFile, quarantineFile };
}

function toReason(path: string) {
  return ({ check, detail }: Flaw) => ({ check, column: IMAGE, value: path, detail });
}

function groupByImage(flaws: readonly Flaw[]): ReadonlyMap<number, Flaw[]> {
  const groups = new Map<number, Flaw[]>();
  for (const flaw of flaws) {
    const group = groups.get(flaw.index);
    if (group === undefined) groups.set(flaw.index, [flaw]);
    else group.push(flaw);
  }
  return groups;
}

/** Which image of its source each one is, from 0. */
function ordinalsInSources(images: readonly PlacedImage[]): number[] {
  const counts = new Map<number, number>();
  return images.map(({ source }) => {
    const ordinal = counts.get(source) ?? 0;
    counts.set(source, ordinal + 1);
    return ordinal;
  });
}

function toJsonLines(lines: readonly object[]): string {
  return lines.map(line => `${JSON.stringify(line)}\n`).join('');
}
