// Which images are flawed, and which are removed for it: those that cannot be read, those without a label, and what the
// checks find.

import type { FindingAction, FindingSummary } from '../../tables/table-plan.js';
import { ARCHIVE_CHECK_NAMES, ARCHIVE_CHECKS, type ArchiveChecks } from '../checks/checks.js';
import type { CheckedImage } from '../checks/image-check.js';
import type { DecodeResult } from '../decoding/decode-archives.js';
import type { PlacedImage } from '../layout/place-images.js';
import type { Survey } from '../layout/survey.js';

/** A flaw of one image. */
export interface Flaw {
  readonly check: string;
  readonly action: FindingAction;
  /** Index of the image. */
  readonly index: number;
  /** Whether the image is removed because of it: because of its first flaw whose action removes. */
  readonly removed: boolean;
  readonly detail: string;
}

export interface FoundFlaws {
  readonly flaws: readonly Flaw[];
  /** Indices of the images that are part of the version, ascending. */
  readonly kept: readonly number[];
  readonly summaries: readonly FindingSummary[];
}

/** A file that cannot be read or has no label has no row, whatever the checks are to do. */
const UNREADABLE = 'damaged-image';
const UNLABELLED = 'missing-label';
const FIRST_ROW_IDS = 20;
const EXAMPLES = 3;

export function findFlaws(
  images: readonly PlacedImage[],
  { decoded, flaws: undecoded }: DecodeResult,
  checks: ArchiveChecks,
): FoundFlaws {
  const collector = new FlawCollector(images);
  const damaged = images.flatMap(({ flaw, path }, index) => {
    const why = flaw ?? undecoded.get(index);
    return why === undefined ? [] : [[index, `${path} ${why}`] as const];
  });
  collector.add(UNREADABLE, 'quarantine', damaged);
  const unlabelled = images.flatMap(({ label, path, flaw }, index) =>
    label === undefined && flaw === undefined
      ? [[index, `${path} is in no folder of a class, or not listed`] as const]
      : [],
  );
  collector.add(UNLABELLED, 'quarantine', unlabelled);
  const checked = decoded.map(({ index, ...facts }): CheckedImage => {
    const { rowId, path, partition, label } = images[index]!;
    return { rowId, path, partition, label: label!, ...facts };
  });
  for (const name of ARCHIVE_CHECK_NAMES) {
    const found = ARCHIVE_CHECKS[name].find(checked, checks[name]);
    collector.add(
      name,
      checks[name].action,
      [...found].map(([row, detail]) => [decoded[row]!.index, detail] as const),
    );
  }
  return collector.end();
}

class FlawCollector {
  readonly #images: readonly PlacedImage[];
  readonly #flaws: Flaw[] = [];
  readonly #removed = new Set<number>();
  readonly #summaries: FindingSummary[] = [];

  constructor(images: readonly PlacedImage[]) {
    this.#images = images;
  }

  /** In order of precedence. */
  add(check: string, action: FindingAction, found: readonly (readonly [number, string])[]): void {
    const own: Flaw[] = [];
    for (const [index, detail] of [...found].sort(([a], [b]) => a - b)) {
      const removed = action !== 'report' && !this.#removed.has(index);
      if (removed) this.#removed.add(index);
      own.push({ check, action, index, removed, detail });
    }
    this.#flaws.push(...own);
    this.#summaries.push({
      ...{ check, action, rows: own.length, removed: own.filter(({ removed }) => removed).length },
      firstRowIds: own.slice(0, FIRST_ROW_IDS).map(({ index }) => this.#images[index]!.rowId),
      detail: own
        .slice(0, EXAMPLES)
        .map(({ index, detail }) => `${this.#images[index]!.rowId}: ${detail}`)
        .join('; '),
    });
  }

  end(): FoundFlaws {
    const kept = [...this.#images.keys()].filter(index => !this.#removed.has(index));
    return { flaws: this.#flaws, kept, summaries: this.#summaries };
  }
}

/** Files that are not rows at all: no silence about what is left out. */
export function reportFiles({ system, other, labels, images }: Survey, paths: ReadonlySet<string>): FindingSummary[] {
  const toSummary = (check: string, count: number, detail: string): FindingSummary[] =>
    count === 0 ? [] : [{ check, action: 'report', rows: 0, removed: 0, firstRowIds: [], detail }];
  const listed = [...(labels?.images.keys() ?? [])].filter(path => !paths.has(path));
  const examplesOf = (examples: readonly string[], count: number) =>
    examples.slice(0, EXAMPLES).join(', ') + (count > EXAMPLES ? ', …' : '');
  return [
    ...toSummary(
      'other-files',
      other.count,
      `${other.count} files beside the ${images.length} images are left out: ${examplesOf(other.examples, other.count)}`,
    ),
    ...toSummary(
      'system-files',
      system.count,
      `${system.count} hidden files are left out: ${examplesOf(system.examples, system.count)}`,
    ),
    ...toSummary(
      'missing-file',
      listed.length,
      `${listed.length} of ${labels?.images.size} images in ${labels?.path} are not in the archive: ${examplesOf(listed, listed.length)}`,
    ),
  ];
}
