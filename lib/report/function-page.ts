/** The plan of a function of AWS Lambda as a page. */
import { escapeHtml } from '../model/formats/html';
import { percent, usd } from '../model/units';
import type { FunctionPlan, FunctionSize } from '../sizing';
import { billChart, rateChart } from './charts';
import { type Beside, boundText, coldText, functionText, GIVES_UP, otherDoorsText } from './function-text';
import { askedOf, type Column, figuresOf, pageOf, tableOf } from './page';
import { totalText } from './plan-text';

const SIZES: readonly Column<FunctionSize>[] = [
  { head: 'memory', text: ({ memoryMB }) => `${memoryMB} MB` },
  { head: 'in the function, ms', figure: true, text: ({ durationMs }) => `${durationMs}` },
  { head: 'p99 ms', figure: true, text: ({ p99Ms }) => `${p99Ms}` },
  { head: 'USD/month', figure: true, text: ({ usdPerMonth }) => usd(usdPerMonth) },
];

function figures(plan: FunctionPlan): string {
  const { cost, p99Ms, serviceLevel, coldStart, concurrency, limit } = plan;
  return figuresOf([
    ['Bill', `${totalText(plan)} USD/month`],
    ['A million predictions', `${cost.usdPerMillionPredictions.toFixed(4)} USD`],
    ['p99 predicted', `${p99Ms} of ${serviceLevel.p99Ms} ms`],
    ['Meet a cold start', `${percent(coldStart.share, 2)}, of ${coldStart.milliseconds} ms`],
    ['Environments at the peak', `${concurrency}`],
    ['Limit of the HTTP API', `${limit.requestsPerSecond} requests/s`],
  ]);
}

/**
 * @param title what is planned, e.g. the name of the model and of the stage
 * @param beside instances that do the same; undefined where none do
 */
export function functionPage(title: string, plan: FunctionPlan, beside?: Beside): string {
  const { rejected, sizes, cost } = plan;
  const text = functionText(plan, beside);
  const said = (name: string, words: string) => `<p>${name}: ${escapeHtml(words)}.</p>`;
  return pageOf(`${title}: a function of ${plan.memoryMB} MB`, [
    `<p class="asked">Asked: ${escapeHtml(askedOf(text))}.</p>`,
    figures(plan),
    said('Start', coldText(plan)),
    said('Bound', boundText(plan)),
    said('Front door', otherDoorsText(plan)),
    said('Gives up', GIVES_UP),
    '<section>\n<h2>How the bill grows with the requests</h2>',
    `<div class="wide" tabindex="0">${rateChart(plan, beside)}</div>\n</section>`,
    '<section>\n<h2>The bill by part</h2>',
    `<div class="wide" tabindex="0">${billChart(cost.lines)}</div>\n</section>`,
    `<section>\n<h2>Sizes that do</h2>\n${tableOf('Memory, of which the processor follows; cheapest first', SIZES, sizes, sizes[0])}\n</section>`,
    `<section>\n<h2>Sizes that do not</h2>\n${
      rejected.length === 0
        ? '<p>All of them do.</p>'
        : tableOf(
            'And why',
            [
              { head: 'memory', text: ({ memoryMB }) => `${memoryMB} MB` },
              { head: 'fails on', text: ({ reason }) => reason },
            ],
            rejected,
          )
    }\n</section>`,
    `<details>\n<summary>The same as text</summary>\n<pre>${escapeHtml(text)}</pre>\n</details>`,
  ]);
}
