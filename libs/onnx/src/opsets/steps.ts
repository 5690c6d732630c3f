import { step as step8 } from './8-to-9.js';
import { step as step9 } from './9-to-10.js';
import { step as step10 } from './10-to-11.js';
import { step as step11 } from './11-to-12.js';
import { step as step12 } from './12-to-13.js';
import { step as step13 } from './13-to-14.js';
import { step as step15 } from './15-to-16.js';
import { step as step17 } from './17-to-18.js';
import { step as step19 } from './19-to-20.js';
import { step as step20 } from './20-to-21.js';
import type { OpsetStep } from './opset-step.js';

/** Operator sets that are not here changed no operator but by additions (check/operator-versions.gen.ts). */
export const STEPS: readonly OpsetStep[] = [
  step8,
  step9,
  step10,
  step11,
  step12,
  step13,
  step15,
  step17,
  step19,
  step20,
];
