/** What pages of plans have in common: one HTML file that needs no network and no script, and prints. */
import { escapeHtml } from '../model/formats/html';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #47525f; --paper: #fff; --edge: #d5dae0; --shade: #f5f7f9; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e3e7ec; --quiet: #a9b3bf; --paper: #14181e; --edge: #3a434e; --shade: #1e242c; }
  svg { filter: invert(1) hue-rotate(180deg); }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p { margin: .4rem 0; }
.asked { color: var(--quiet); }
svg { width: 100%; min-width: 34rem; height: auto; display: block; }
.wide { overflow-x: auto; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; }
dl div { border: 1px solid var(--edge); border-radius: 6px; padding: .5rem .75rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; min-width: 34rem; font-size: .9rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .25rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:first-child { white-space: nowrap; }
tr.choice { font-weight: 600; }
pre { white-space: pre-wrap; font-size: .8rem; background: var(--shade); padding: .75rem; border-radius: 6px; }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; }
  svg, table { min-width: 0; }
  .wide { overflow: visible; }
  section { break-inside: avoid; }
  details { display: none; }
}
`;

export interface Column<T> {
  readonly head: string;
  readonly figure?: boolean;
  readonly text: (row: T) => string;
}

export function tableOf<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[], chosen?: T): string {
  const mark = (column: Column<T>) => (column.figure ? ' class="figure"' : '');
  const head = columns.map((column) => `<th scope="col"${mark(column)}>${escapeHtml(column.head)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = columns.map((column) => `<td${mark(column)}>${escapeHtml(column.text(row))}</td>`).join('');
    return `<tr${row === chosen ? ' class="choice"' : ''}>${cells}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** How a page begins, by which it is known again. */
const START = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="slipway plan">`;

/** Whether bytes are a page that `planPage` made. */
export function isPlanPage(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, START.length) === START;
}

/** @param head what it is about, in the tab and above all */
export function pageOf(head: string, parts: readonly string[]): string {
  return `${START}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(head)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(head)}</h1>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

/** Numbers with their names, side by side. */
export const figuresOf = (entries: readonly (readonly [string, string])[]) =>
  `<dl>${entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;

/** What a plan as text says was asked. */
export const askedOf = (text: string) =>
  text
    .split('\nChosen')[0]!
    .replace(/^Asked\s+/, '')
    .replaceAll(/\s+/g, ' ');
