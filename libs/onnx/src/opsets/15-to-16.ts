import { string } from '../attribute.js';
import type { Converter, OpsetStep } from './opset-step.js';

/** Coordinates were not shifted by half a pixel, which is the new default. */
const roiAlign: Converter = node => [
  {
    ...node,
    attributes: { ...node.attributes, coordinate_transformation_mode: string('output_half_pixel') },
  },
];

export const step: OpsetStep = { from: 15, to: 16, converters: { RoiAlign: roiAlign } };
