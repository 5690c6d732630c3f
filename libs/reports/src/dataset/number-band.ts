import type { TargetByValue, TargetInGroup } from '@athanor/contracts/ingest';
import { type Html, html } from '../html/markup.js';
import { numberText } from '../text/numbers.js';

/** From the left end of every band to the right one. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Of all groups of several columns, so that their bands are comparable. Undefined if no group has the target. */
export function scaleOf(targets: readonly TargetByValue[]): Scale | undefined {
  const figures = targets.flatMap(({ groups }) => groups).flatMap(({ mean, q25, q75 }) => [mean, q25, q75]);
  const known = figures.filter(each => each !== undefined && Number.isFinite(each)) as number[];
  if (known.length === 0) return undefined;
  const [min, max] = known.reduce(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  return { min, max };
}

/** The middle half of a group's values as a bar, with median and mean. */
export function numberBand({ mean, q25, median, q75 }: TargetInGroup, scale: Scale): Html {
  if (mean === undefined || q25 === undefined || median === undefined || q75 === undefined) return html``;
  const at = (value: number) => {
    const place = (value - scale.min) / (scale.max - scale.min);
    return (100 * (Number.isFinite(place) ? place : 0.5)).toFixed(2);
  };
  const width = (Number(at(q75)) - Number(at(q25))).toFixed(2);
  const text = `mean ${numberText(mean)}, 25 % ${numberText(q25)}, median ${numberText(median)}, 75 % ${numberText(q75)}`;
  return html`<div class="band" role="img" aria-label="${text}" title="${text}"><i class="range" style="left:${at(q25)}%;width:${width}%"></i><i class="median" style="left:${at(median)}%"></i><i class="mean" style="left:${at(mean)}%"></i></div>`;
}

export const BAND_LEGEND = html`<p class="legend"><span><i class="swatch class-0"></i>middle half of the values (25 % to 75 %)</span>
<span><i class="swatch tick"></i>median</span>
<span><i class="swatch dot"></i>mean</span></p>
`;
