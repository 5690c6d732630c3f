import type { Column } from '@athanor/data';
import type { StoredForm } from '../decoding/decode-image.js';

export const IMAGE = 'image';
export const LABEL = 'label';
export const PATH = 'path';

/** Grey images are [height, width], as IDX files are. */
export function imageColumns({ height, width, channels }: StoredForm): Column[] {
  const shape = channels === 1 ? [height, width] : [height, width, channels];
  return [
    { name: IMAGE, type: { kind: 'vector', dtype: 'UINT8', shape }, role: 'input', nullable: false },
    { name: LABEL, type: { kind: 'category' }, role: 'target', nullable: false },
    { name: PATH, type: { kind: 'text' }, role: 'id', nullable: false },
  ];
}
