import { type Content, type Html, html } from './markup.js';

export interface TableColumn {
  readonly title: Content;
  readonly isNumber?: boolean;
}

export interface TableRow {
  readonly cells: readonly Content[];
  readonly isPrimary?: boolean;
}

/** Rows under titles; numbers are aligned to the right. */
export function table(columns: readonly TableColumn[], rows: readonly (TableRow | readonly Content[])[]): Html {
  const kind = (index: number) => (columns[index]?.isNumber ? 'number' : 'name');
  const head = columns.map(({ title }, index) => html`<th scope="col" class="${kind(index)}">${title}</th>`);
  const body = rows.map(row => {
    const { cells, isPrimary } = 'cells' in row ? row : { cells: row, isPrimary: false };
    const shown = cells.map((cell, index) => html`<td class="${kind(index)}">${cell}</td>`);
    return html`<tr${isPrimary ? html` class="primary"` : ''}>${shown}</tr>
`;
  });
  return html`<div class="scroll"><table class="wide"><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>
`;
}

/** Terms with their values; those without a value are omitted. */
export function fields(entries: readonly (readonly [string, Content])[]): Html {
  const shown = entries.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>${shown.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
`;
}

export function tiles(entries: readonly (readonly [value: Content, label: Content])[]): Html {
  return html`<div class="tiles">${entries.map(
    ([value, label]) => html`<div class="tile"><b>${value}</b><span>${label}</span></div>
`,
  )}</div>
`;
}
