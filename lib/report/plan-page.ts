/** A sizing plan as a page: one HTML file that needs no network and no script, and prints. */

import { escapeHtml } from '../model/formats/html';
import { gibOf, percent, usd } from '../model/units';
import type { Candidate, SizingPlan } from '../sizing/plan/plan';
import type { Survey } from '../sizing/search/survey';
import { billChart, costChart, loadChart } from './charts';
import { doorOptionsText } from './door-options-text';
import { askedOf, type Column, figuresOf, pageOf, tableOf } from './page';
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
  return figuresOf(entries);
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
  const asked = askedOf(planText(plan));
  return pageOf(`${title}: ${choice.instances} x ${choice.instanceType}`, [
    `<p class="asked">Asked: ${escapeHtml(asked)}.</p>
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
</details>`,
  ]);
}
