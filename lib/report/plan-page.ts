/** A sizing plan as a page: one HTML file that needs no network and no script, and prints. */

import { escapeHtml } from '../model/formats/html';
import { gibOf, percent, usd } from '../model/units';
import type { Candidate, SizingPlan } from '../sizing/plan/plan';
import type { Survey } from '../sizing/search/survey';
import { billChart, costChart, loadChart } from './charts';
import { doorOptionsText } from './door-options-text';
import {
  dailyText,
  discountText,
  EXISTING_DOOR,
  frontDoorsText,
  growthText,
  joinedText,
  joinedWords,
  planText,
  totalText,
  waysOutText,
  weeklyText,
} from './plan-text';
import { purchaseText } from './purchase-text';
import { servedVersionsText } from './served-versions-text';
import { adviceText, standInText, unsureLines } from './unsure';
import { warmPoolText } from './warm-pool-text';

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

interface Column<T> {
  readonly head: string;
  readonly figure?: boolean;
  readonly text: (row: T) => string;
}

function tableOf<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[], chosen?: T): string {
  const mark = (column: Column<T>) => (column.figure ? ' class="figure"' : '');
  const head = columns.map((column) => `<th scope="col"${mark(column)}>${escapeHtml(column.head)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = columns.map((column) => `<td${mark(column)}>${escapeHtml(column.text(row))}</td>`).join('');
    return `<tr${row === chosen ? ' class="choice"' : ''}>${cells}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

const FLEET: readonly Column<Candidate>[] = [
  { head: 'fleet', text: (one) => `${one.instances} x ${one.instanceType}${joinedWords(one)}` },
  { head: 'architecture', text: ({ architecture }) => architecture },
  { head: 'vCPU', figure: true, text: ({ vCpus }) => `${vCpus}` },
  { head: 'GiB', figure: true, text: ({ memoryMiB }) => gibOf(memoryMiB) },
  { head: 'USD/month', figure: true, text: ({ usdPerMonth }) => usd(usdPerMonth) },
];

/** Fleets that do, listed by bill; the drawing shows all of them. */
const LISTED = 25;

function figures(plan: SizingPlan): string {
  const { cost, growth, predicted, serviceLevel } = plan;
  const standIn = standInText(plan);
  const entries: readonly [string, string][] = [
    ['Bill', `${totalText(plan)} USD/month${standIn ? `, ${standIn}` : ''}`],
    ['A million predictions', `${cost.usdPerMillionPredictions.toFixed(4)} USD`],
    ['p99 predicted', `${predicted.p99Ms.toFixed(1)} of ${serviceLevel.p99Ms} ms`],
    ['Workers busy at the peak', percent(predicted.utilisation)],
    ['Carries up to', `${growth.upToRequestsPerSecond} requests/s`],
    ['Memory an instance', `${predicted.memoryMiB} MiB`],
  ];
  return `<dl>${entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;
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

/**
 * @param title what is planned, e.g. the name of the model and of the stage
 * @param survey of the same request as the plan
 */
export function planPage(title: string, plan: SizingPlan, survey: Survey): string {
  const { choice, cost, rejected } = plan;
  const advice = adviceText(plan);
  const listed = survey.fleets.slice(0, LISTED);
  const [joined, daily, discount, weekly] = [joinedText(plan), dailyText(plan), discountText(plan), weeklyText(plan)];
  const [bought, pool] = [purchaseText(plan), warmPoolText(plan)];
  const [versions, options] = [servedVersionsText(plan), doorOptionsText(plan.serviceLevel)];
  const asked = planText(plan)
    .split('\nChosen')[0]!
    .replace(/^Asked\s+/, '')
    .replaceAll(/\s+/g, ' ');
  return `${START}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${title}: ${choice.instances} x ${choice.instanceType}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}: ${choice.instances} x ${escapeHtml(choice.instanceType)}</h1>
<p class="asked">Asked: ${escapeHtml(asked)}.</p>
${figures(plan)}
<p>Decided by: ${escapeHtml(plan.binding)}.</p>${
    joined
      ? `
<p>Joined: ${escapeHtml(joined)}.</p>`
      : ''
  }
${daily ? `<p>Day: ${escapeHtml(daily)}.</p>\n` : ''}${weekly ? `<p>Week: ${escapeHtml(weekly)}.</p>\n` : ''}${bought ? `<p>Bought: ${escapeHtml(bought)}.</p>\n` : ''}${pool ? `<p>Pool: ${escapeHtml(pool)}.</p>\n` : ''}${versions ? `<p>Versions: ${escapeHtml(versions)}.</p>\n` : ''}<p>Growth: ${escapeHtml(growthText(plan))}.</p>${plan.waysOut.length > 0 ? `\n<p>Way out: ${escapeHtml(waysOutText(plan))}.</p>` : ''}${plan.serviceLevel.existingListener ? `\n<p>Front door: ${escapeHtml(EXISTING_DOOR)}.</p>` : ''}${plan.frontDoors.length > 0 ? `\n<p>Front door: ${escapeHtml(frontDoorsText(plan))}.</p>` : ''}${options ? `\n<p>Options of the front door: ${escapeHtml(options)}.</p>` : ''}
<p>Unsure:</p>
<ul>${unsureLines(plan)
    .map((line) => `<li>${escapeHtml(line)}.</li>`)
    .join('')}</ul>${advice ? `\n<p>Lever: ${escapeHtml(advice)}.</p>` : ''}
<section>
<h2>Bill against p99: the cheapest fleet of each of ${survey.fleets.length} types that do</h2>
<div class="wide" tabindex="0">${costChart(plan, survey)}</div>
<p>Circle: the choice. Diamonds, joined to it by the line: nothing is both cheaper and faster.</p>
</section>
<section>
<h2>How the chosen fleet takes load${plan.serviceLevel.availability === 'single' ? '' : ', while the loss that it must bear lasts'}</h2>
<div class="wide" tabindex="0">${loadChart(plan, survey)}</div>
</section>
<section>
<h2>The bill by part</h2>
${discount ? `<p>Discounts: ${escapeHtml(discount)}.</p>\n` : ''}<div class="wide" tabindex="0">${billChart(cost.lines)}</div>
</section>
<section>
<h2>Fleets that do</h2>
${tableOf(
  survey.fleets.length > LISTED ? `The ${LISTED} cheapest of ${survey.fleets.length}` : 'All of them',
  [
    ...(FLEET as readonly Column<(typeof listed)[number]>[]),
    { head: 'p99 ms', figure: true, text: ({ p99Ms }) => p99Ms.toFixed(1) },
  ],
  listed,
  listed[0],
)}
</section>
<section>
<h2>Cheaper, but</h2>
${
  rejected.length === 0
    ? '<p>Nothing in the catalogue is cheaper.</p>'
    : tableOf(
        'The strongest fleet of each type that costs less, and why it does not do',
        [
          ...(FLEET as readonly Column<(typeof rejected)[number]>[]),
          { head: 'fails on', text: ({ reason }) => reason },
        ],
        rejected,
      )
}
</section>
<details>
<summary>The same as text</summary>
<pre>${escapeHtml(planText(plan))}</pre>
</details>
</main>
</body>
</html>
`;
}
