import type { Html } from '../html/markup.js';
import { type AxisOptions, axis, COLOURS, GRID, type Plot, type PlotSize, plot } from './chart.js';

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  readonly isDashed?: boolean;
  /** Points without a line between them. */
  readonly isScattered?: boolean;
  readonly hasMarkers?: boolean;
  readonly opacity?: number;
}

export interface Mark {
  readonly x: number;
  readonly text: string;
}

export interface LinesOptions extends Pick<Plot, 'label' | 'caption'> {
  readonly lines: readonly Line[];
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  /** Vertical lines. */
  readonly marks?: readonly Mark[];
  readonly size?: PlotSize;
}

const SIZE: PlotSize = { width: 520, height: 320 };

/** Lines and points over two axes, with a legend if there are several. */
export function lines({ lines: shown, x, y, marks = [], size = SIZE, ...rest }: LinesOptions): Html {
  const option = {
    grid: { ...GRID, top: 14 + (shown.length > 1 ? 22 : 0) + (marks.length > 0 ? 14 : 0) },
    xAxis: axis('x', x),
    yAxis: axis('y', y),
    legend: {
      ...{
        show: shown.length > 1,
        top: 0,
        right: GRID.right,
        itemWidth: 14,
        itemHeight: 4,
        itemGap: 18,
        icon: 'roundRect',
        selectedMode: false,
      },
      textStyle: { color: 'var(--text)', fontSize: 12 },
    },
    series: [...shown.map(toSeries), ...(marks.length > 0 ? [markSeries(marks, x)] : [])],
  };
  return plot({ ...rest, size, option });
}

function toSeries({ name, colour, points, isDashed, isScattered, hasMarkers, opacity = 1 }: Line) {
  return {
    ...{ name, silent: true, type: isScattered ? 'scatter' : 'line', data: points, connectNulls: false },
    ...{ symbol: 'circle', symbolSize: isScattered ? (hasMarkers ? 10 : 4) : 7 },
    ...(!isScattered && { showSymbol: hasMarkers ?? points.length === 1 }),
    itemStyle: { color: colour, opacity },
    lineStyle: { color: colour, width: 2, type: isDashed ? 'dashed' : 'solid', opacity },
  };
}

/** Not in the legend: its name is not that of a line. */
function markSeries(marks: readonly Mark[], { min = 0, max = 1 }: AxisOptions) {
  return {
    ...{ type: 'line', silent: true, data: [] },
    markLine: {
      ...{ silent: true, symbol: 'none', animation: false },
      lineStyle: { color: COLOURS.muted, type: 'dotted', width: 1.5 },
      label: { color: COLOURS.muted, fontSize: 11, position: 'end', distance: 4 },
      data: marks.map(({ x, text }) => ({
        xAxis: x,
        label: { formatter: () => text, align: alignment((x - min) / (max - min)) },
      })),
    },
  };
}

/** Texts near an end of the axis stay within the plot. */
function alignment(position: number): 'left' | 'center' | 'right' {
  if (position < 0.15) return 'left';
  return position > 0.85 ? 'right' : 'center';
}
