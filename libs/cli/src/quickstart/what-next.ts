import { relative } from 'node:path';
import { mnistFolder } from './mnist-folder.js';

export interface WhatNextOptions {
  readonly home: string;
  /** Paths below it are shown as relative. */
  readonly cwd: string;
  readonly data?: string;
  readonly keep: boolean;
}

/** Commands to try after the quickstart; they work as printed. */
export function whatNext(name: string, { keep, home, cwd, data }: WhatNextOptions): string {
  const here = (path: string) => (path.startsWith(`${cwd}/`) ? relative(cwd, path) : path);
  const athanor = `./athanor --home ${here(home)}`;
  const running = keep ? ` (the mesh is running; stop it with: ${athanor} down)` : '';
  const image = `${here(mnistFolder())}/t10k-images-idx3-ubyte`;
  return `
Try next${running}:
  ${athanor} ${keep ? 'status' : 'up --detach'}
  ${athanor} model describe ${name}
  ${athanor} ${data === undefined ? `infer ${name} --idx ${image} --row 7` : `lineage ${name}@champion`}
`;
}
