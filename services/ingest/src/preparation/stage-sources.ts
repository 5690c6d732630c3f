// Stored sources → files in a folder of the import's own, which is all that its process can read.

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from '@athanor/blobs';
import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { CHECK_FAMILY } from '../checks/checks.js';
import { isBinary } from '../tables/sources/container.js';
import type { TableLimits, TablePlan, TableSample, TableSource } from '../tables/table-plan.js';
import type { OnPhase, PlannedSource, PreparationPlan } from './prepared-version.js';

export interface StageOptions {
  readonly blobs: BlobStore;
  readonly onPhase: OnPhase;
  readonly signal: AbortSignal;
  readonly limits: Omit<TableLimits, 'maxUnpackedBytes'>;
  /** Of a plan, which reads the beginning of each source only. */
  readonly sample?: TableSample;
}

export async function stageSources(plan: PreparationPlan, folder: string, options: StageOptions): Promise<TablePlan> {
  const { limits, sample } = options;
  const sources = await copySources(plan, folder, options);
  const hasTest = plan.sources.some(({ partition }) => partition === 'test');
  return {
    sources,
    reading: plan.reading,
    targets: plan.targets,
    roles: plan.roles,
    checks: allChecks(plan.checks),
    split: { ...plan.split, testFraction: hasTest ? 0 : plan.split.testFraction },
    acceptLoss: plan.acceptLoss,
    limits: { ...limits, maxUnpackedBytes: plan.maxSourceBytes },
    ...(sample !== undefined && { sample }),
  };
}

export async function copySources(
  { sources }: PreparationPlan,
  folder: string,
  options: StageOptions,
): Promise<TableSource[]> {
  const { onPhase, sample } = options;
  const copies: TableSource[] = [];
  for (const [index, source] of sources.entries()) {
    onPhase('COPYING', index, sources.length);
    const file = `source-${index}`;
    const isCut = await copySource(source, join(folder, file), options);
    const { filename, partition, byteSize } = source;
    copies.push({ file, filename, partition, ...(sample !== undefined && { sampled: { byteSize, isCut } }) });
  }
  return copies;
}

/** Whether the copy is the beginning only. */
async function copySource(
  { digest, byteSize }: PlannedSource,
  path: string,
  { blobs, signal, sample }: StageOptions,
): Promise<boolean> {
  const chunks = blobs.get(digest, { signal });
  const maxBytes = sample?.bytes ?? Number.POSITIVE_INFINITY;
  if (byteSize <= maxBytes) {
    await pipeline(Readable.from(chunks), createWriteStream(path), { signal });
    return false;
  }
  let isCut = false;
  const beginning = async function* () {
    let left = maxBytes;
    let isWanted: boolean | undefined;
    for await (const chunk of chunks) {
      isWanted ??= isBinary(chunk);
      if (isWanted) yield chunk;
      else yield chunk.subarray(0, left);
      left -= chunk.length;
      isCut = !isWanted && left < 0;
      if (isCut) return;
    }
  };
  await pipeline(Readable.from(beginning()), createWriteStream(path), { signal });
  return isCut;
}

/** Every check, those that were asked for with their parameters. */
function allChecks(requested: readonly ResolvedComponent[]): ResolvedComponent[] {
  return Object.keys(CHECK_FAMILY.kinds).map(kind => {
    const given = requested.find(each => each.kind === kind);
    if (given !== undefined) return given;
    const parsed = parseComponent(CHECK_FAMILY, { kind, parameters: {}, version: 0 });
    if (!parsed.ok) throw new Error(`the check '${kind}' has parameters without defaults`);
    return parsed.component;
  });
}
