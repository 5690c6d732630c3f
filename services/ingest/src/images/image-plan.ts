// What an import of image archives takes and returns. Plain JSON: it is stored with the version, and crosses a process
// boundary.

import type { SplitFractions, TableLimits, TableResult, TableSource } from '../tables/table-plan.js';
import type { ArchiveChecks } from './checks/checks.js';

export const IMAGE_FITS = ['cover', 'contain', 'stretch'] as const;
export type ImageFit = (typeof IMAGE_FITS)[number];

/** How images are read. What is undefined is chosen. */
export interface ImageReading {
  readonly size?: { readonly height: number; readonly width: number };
  readonly fit: ImageFit;
  /** Path in the archive of a CSV with paths and labels. */
  readonly labelsFile?: string;
}

export interface ImagePlan {
  readonly sources: readonly TableSource[];
  readonly reading: ImageReading;
  readonly checks: ArchiveChecks;
  readonly split: SplitFractions;
  readonly acceptLoss: boolean;
  readonly limits: TableLimits;
}

export interface ImageResult extends Omit<TableResult, 'reading' | 'evidence' | 'sampled'> {
  /** Of the row ids. */
  readonly partitions: readonly string[];
  /** How the images were brought into the stored form, which whoever sends images to a model has to do too. */
  readonly applied: AppliedImageReading;
}

export interface AppliedImageReading {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly fit: ImageFit;
  readonly colour: 'sRGB' | 'grey';
  readonly background: 'black';
  readonly orientation: 'exif';
  readonly frame: 'first';
  readonly labels: 'folders' | string;
}
