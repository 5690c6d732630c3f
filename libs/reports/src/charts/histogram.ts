import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';
import type { Html } from '../html/markup.js';
import { axis, COLOURS, GRID, type Plot, type PlotSize, plot } from './chart.js';

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface HistogramOptions extends Pick<Plot, 'label' | 'caption'> {
  readonly bins: readonly HistogramBin[];
  readonly size?: PlotSize;
  readonly xName?: string;
  readonly yName?: string;
  /** Bounds are milliseconds since 1970. */
  readonly isTime?: boolean;
}

const SIZE: PlotSize = { width: 480, height: 170 };

/** Bars as wide as their bins. */
export function histogram({
  bins,
  isTime = false,
  size = SIZE,
  xName,
  yName = 'rows',
  ...rest
}: HistogramOptions): Html {
  const shown = widen(bins);
  const [min, max] = [shown[0]?.low ?? 0, shown.at(-1)?.high ?? 1];
  const option = {
    grid: { ...GRID, top: 12, bottom: xName === undefined ? 24 : GRID.bottom },
    xAxis: withTicks(axis('x', { type: isTime ? 'time' : 'value', ...(xName && { name: xName }), min, max }), isTime),
    yAxis: { ...axis('y', { name: yName, isWhole: true }), splitNumber: 3 },
    useUTC: true,
    series: [
      {
        ...{ type: 'custom', silent: true, renderItem: drawBin, dimensions: ['low', 'high', 'count'] },
        encode: { x: [0, 1], y: 2 },
        itemStyle: { color: COLOURS.first },
        data: shown.map(({ low, high, count }) => [low, high, count]),
      },
    ],
  };
  return plot({ ...rest, size, option });
}

/** At round numbers: the ends of the axis, which ECharts labels too, are not. */
function withTicks(numbers: ReturnType<typeof axis>, isTime: boolean) {
  if (isTime) return numbers;
  const customValues = roundTicks(numbers.min ?? 0, numbers.max ?? 1);
  const { axisLabel, axisTick } = numbers;
  return { ...numbers, axisLabel: { ...axisLabel, customValues }, axisTick: { ...axisTick, customValues } };
}

/** Three to eight multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(min: number, max: number): number[] {
  const rough = (max - min) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10) * power;
  if (!(step > 0) || !Number.isFinite(step)) return [min, max];
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: Math.min(count, 12) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** One bin without a width, of a column with one value, is drawn one wide. */
function widen(bins: readonly HistogramBin[]): readonly HistogramBin[] {
  const [only] = bins;
  if (bins.length !== 1 || only === undefined || only.low !== only.high) return bins;
  const half = Math.max(0.5, Math.abs(only.low) * 0.05);
  return [{ low: only.low - half, high: only.high + half, count: only.count }];
}

function drawBin(_parameters: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) {
  const [left = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
  const [right = 0, bottom = 0] = api.coord([api.value(1), 0]);
  // A gap between bars, unless they are too narrow for it.
  const gap = right - left > 3 ? 1 : 0;
  return {
    type: 'rect' as const,
    shape: { x: left, y: top, width: Math.max(right - left - gap, 0.5), height: bottom - top },
    style: { fill: COLOURS.first },
  };
}
