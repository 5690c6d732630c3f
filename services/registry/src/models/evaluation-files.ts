import type { Evaluation } from '@athanor/contracts/api';

/** Digests of an evaluation's files. */
export function evaluationFiles({ predictionsDigest, detailsDigest, slicesDigest }: Evaluation): string[] {
  // Stored evaluations have the fields of their time.
  return [predictionsDigest, detailsDigest, slicesDigest].filter(digest => digest !== undefined && digest !== '');
}
