// Plots as SVG, drawn by Apache ECharts without a browser. Colours are the page's variables, so a plot has both themes.

import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Content, type Html, html, trusted } from '../html/markup.js';

use([CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

export const COLOURS = { first: 'var(--first)', second: 'var(--second)', muted: 'var(--muted)', line: 'var(--line)' };

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface Plot {
  /** What it shows, for people who do not see it. */
  readonly label: string;
  readonly caption?: Content;
  readonly size: PlotSize;
  readonly option: EChartsCoreOption;
}

export function plot({ label, caption, size, option }: Plot): Html {
  const text = caption === undefined ? '' : html`<figcaption>${caption}</figcaption>`;
  const svg = trusted(draw(option, size));
  return html`<figure class="plot" role="img" aria-label="${label}" style="max-width:${size.width}px">${svg}${text}</figure>
`;
}

function draw(option: EChartsCoreOption, size: PlotSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'system-ui, sans-serif', color: 'var(--text)' },
      ...option,
    });
    return withoutInteraction(chart.renderToSVGString({ useViewBox: true }));
  } finally {
    // A chart that is not disposed of keeps the process alive.
    chart.dispose();
  }
}

/** Without what only ECharts' own script uses. Texts cannot match: their quotes and brackets are escaped. */
function withoutInteraction(svg: string): string {
  return svg
    .replaceAll(/<style >[\s\S]*?<\/style>/g, '')
    .replaceAll(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replaceAll(/\n+/g, '');
}

export interface AxisOptions {
  readonly name?: string;
  readonly type?: 'value' | 'time';
  readonly min?: number;
  readonly max?: number;
  /** Whether the axis may begin elsewhere than at 0. */
  readonly scale?: boolean;
  readonly isWhole?: boolean;
}

/** Distance of the name from the axis; the grid has room for it. */
const NAME_GAP = { x: 28, y: 46 } as const;

export function axis(dimension: 'x' | 'y', { name, type = 'value', isWhole, ...rest }: AxisOptions) {
  return {
    ...{ type, name, nameLocation: 'middle', nameGap: NAME_GAP[dimension], ...rest },
    ...(isWhole && { minInterval: 1 }),
    ...(dimension === 'x' && { splitNumber: 6 }),
    nameTextStyle: { color: COLOURS.muted, fontSize: 12 },
    axisLine: { show: dimension === 'x', onZero: false, lineStyle: { color: COLOURS.muted } },
    axisTick: { show: dimension === 'x', lineStyle: { color: COLOURS.muted } },
    axisLabel: {
      color: COLOURS.muted,
      fontSize: 11,
      hideOverlap: true,
      ...(type === 'value' && { formatter: tickText }),
    },
    splitLine: { show: dimension === 'y', lineStyle: { color: COLOURS.line } },
  };
}

export const GRID = { left: 62, right: 22, top: 30, bottom: 44 };

/** "12.5M": short, so that neighbours do not overlap. */
function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return value.toExponential(1).replace('e+', 'e').replace('.0', '');
  return COMPACT.format(value);
}

const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });
