/** Colours are variables with a value for each theme; plots use them too. */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --surface: #f6f8fa; --text: #1c2128; --muted: #57606a; --line: #d5dbe1;
  --first: #2463c9; --second: #b35309; --strong: #8a4b00; --warning: #b42318; --link: #1d57b3; --cell: 36, 99, 201; }
@media (prefers-color-scheme: dark) { :root { --page: #0f1419; --surface: #171d24; --text: #e3e8ee; --muted: #9ba7b4;
  --line: #2e3740; --first: #72a7ff; --second: #f0a253; --strong: #f3bd80; --warning: #ff8a7d; --link: #8ab8ff; --cell: 80, 142, 245; } }
:root { --class-0: #3f7ddb; --class-1: #e0812a; --class-2: #35a06b; --class-3: #cf4a5f; --class-4: #8d66cf; --class-5: #9a7448;
  --class-6: #d46fae; --class-7: #2aa5b8; --class-8: #a8a12c; --class-9: #7787a0; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 60rem; }
a { color: var(--link); }
nav { margin: 1rem 0 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .93rem; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
.muted, caption, figcaption, .subtitle { color: var(--muted); }
.subtitle { margin: .3rem 0 0; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: .87em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .93rem; margin: .4rem 0 .8rem; }
table.wide { width: 100%; }
th, td { padding: .32rem .8rem .32rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { font-weight: 600; color: var(--muted); font-size: .85rem; white-space: nowrap; }
th.number { text-align: right; }
td.name { min-width: 7rem; } table.wide td.name:last-child { min-width: 15rem; overflow-wrap: anywhere; } tbody th { color: var(--text); font-size: inherit; white-space: normal; }
tr.primary td { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .4rem 0; font-size: .95rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin: 1.2rem 0; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.35rem; line-height: 1.3; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tile span { color: var(--muted); font-size: .87rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(33rem, 100%), 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; min-width: 0; background: var(--surface); }
.card h3 { margin: 0; } .card > p { margin: 0 0 .5rem; font-size: .87rem; }
.card dl { grid-template-columns: max-content 1fr max-content 1fr; gap: .1rem .9rem; font-size: .87rem; margin: .4rem 0 0; }
.card dd { font-variant-numeric: tabular-nums; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; }
figure { margin: .4rem 0; max-width: 100%; } figcaption { font-size: .87rem; max-width: 36rem; }
figure.plot svg { display: block; width: 100%; height: auto; } .card figure.plot { max-width: none !important; }
.bars { width: 100%; max-width: 50rem; table-layout: fixed; margin: .2rem 0; font-size: .87rem; }
.bars td { border: 0; padding: .1rem .6rem .1rem 0; vertical-align: middle; }
.bars td.label { width: 34%; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.bars td.count { width: 5.6rem; } .bars td.share { width: 4.4rem; padding-right: 0; }
.bar { display: block; height: .72rem; border-radius: 2px; background: var(--first); min-width: 1px; }
.inline-bar { width: 8rem; padding-top: .38rem; }
.groups { width: 100%; table-layout: fixed; margin: .3rem 0 0; font-size: .87rem; }
.groups th, .groups td { border: 0; padding: .1rem .7rem .1rem 0; vertical-align: middle; }
.groups th:nth-child(1) { width: 39%; } .groups th:nth-child(2) { width: 3.8rem; } .groups th:nth-child(4) { width: 5.4rem; }
.groups th:last-child, .groups td:last-child { padding-right: 0; overflow: hidden; text-overflow: ellipsis; }
.groups td.label { overflow-wrap: anywhere; line-height: 1.3; }
.stack { display: flex; height: .8rem; border-radius: 2px; overflow: hidden; }
.band { position: relative; height: .9rem; background: linear-gradient(var(--line), var(--line)) center / 100% 1px no-repeat; }
.band i { position: absolute; } .band .range { top: .15rem; height: .6rem; border-radius: 2px; background: var(--class-0); min-width: 1px; opacity: .75; }
.band .median { top: 0; height: .9rem; width: 2px; margin-left: -1px; background: var(--text); }
.band .mean { top: .2rem; height: .5rem; width: .5rem; margin-left: -.25rem; border-radius: 50%; background: var(--class-1); border: 1px solid var(--surface); }
.groups td.scale { color: var(--muted); font-size: .8rem; display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .9rem; max-width: none; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .35rem; vertical-align: -.08rem; }
.swatch.tick { width: 2px; background: var(--text); margin: 0 .6rem 0 .3rem; } .swatch.dot { border-radius: 50%; width: .55rem; height: .55rem; background: var(--class-1); }
${Array.from({ length: 10 }, (_, place) => `.class-${place} { background: var(--class-${place}); }`).join(' ')} .others { background: var(--line); }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 .5rem; font-size: .8rem; color: var(--muted); white-space: nowrap; }
.tag.warning { color: var(--warning); border-color: currentColor; } .tag.strong { color: var(--strong); border-color: currentColor; }
table.matrix { font-variant-numeric: tabular-nums; } .matrix td { text-align: right; padding: .35rem .6rem; border: 1px solid var(--page); min-width: 3.2rem; }
.matrix th { border: 0; padding: .3rem .6rem; text-align: right; max-width: 12rem; } .matrix thead th { vertical-align: bottom; white-space: normal; }
details { margin: .8rem 0; } summary { cursor: pointer; font-weight: 600; }
.error { border-left: 3px solid var(--warning); padding: .2rem .9rem; }
@media (max-width: 40rem) { dl, .card dl { grid-template-columns: max-content 1fr; } body { padding: 1rem; } }
@media print { body { max-width: none; } .card, figure { break-inside: avoid; } nav { display: none; } }
`;
