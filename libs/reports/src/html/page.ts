import { type Content, html, trusted } from './markup.js';
import { STYLE } from './style.js';

export interface Section {
  readonly title: string;
  readonly content: Content;
}

export interface Page {
  /** Of the window; plain text. */
  readonly title: string;
  readonly heading: Content;
  readonly subtitle: Content;
  /** Above the first section. */
  readonly summary: Content;
  readonly sections: readonly Section[];
}

// Nothing is loaded and no script runs, whatever the page contains.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** A page without references to other files. */
export function page({ title, heading, subtitle, summary, sections }: Page): string {
  const links = sections.map(({ title: name }) => html`<a href="#${toId(name)}">${name}</a>`);
  const bodies = sections.map(
    ({ title: name, content }) => html`<section>
<h2 id="${toId(name)}">${name}</h2>
${content}
</section>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="generator" content="athanor">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p class="subtitle">${subtitle}</p>
<nav aria-label="Sections">${links}</nav>
</header>
${summary}
${bodies}</body>
</html>
`.markup;
}

function toId(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}
