// The parent's side of an import of images.

import type { OnChildPhase } from '../child-process/child-message.js';
import { runChild } from '../child-process/run-child.js';
import type { ImagePlan, ImageResult } from './image-plan.js';

export interface RunImagesOptions {
  readonly onPhase?: OnChildPhase;
  /** When aborted, the process is killed and the reason thrown. */
  readonly signal: AbortSignal;
  /** The built child.js; tests of the sources name it. */
  readonly program?: URL;
}

/** Imports the archives of `plan.sources`, files in `folder`, and leaves its files there. Throws FormatError. */
export function runImages(
  plan: ImagePlan,
  folder: string,
  { onPhase, signal, program = new URL('./child.js', import.meta.url) }: RunImagesOptions,
): Promise<ImageResult> {
  const { deadlineMs, memoryMiB } = plan.limits;
  return runChild<ImageResult>(program, { plan, folder }, { deadlineMs, heapMiB: memoryMiB, onPhase, signal });
}
