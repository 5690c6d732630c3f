// The process of one import of images: decoders of foreign files run here, without an environment.

import { serveChild } from '../child-process/serve-child.js';
import type { ImagePlan, ImageResult } from './image-plan.js';
import { importImages } from './import-images.js';

serveChild<{ readonly plan: ImagePlan; readonly folder: string }, ImageResult>({
  run: ({ plan, folder }, onPhase) => importImages(plan, folder, onPhase),
});
