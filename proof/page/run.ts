/**
 * The page proof: `GET /docs` in a real Chromium, filled in by keyboard, sent, read, and looked at by axe; wide and
 * narrow, light and dark, for models of numbers and of text with categories and missing values; and behind a key.
 *
 *     npm run proof:page
 *
 * The pictures stay in .slipway/page.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { apiKeyLine } from '../../lib/model/formats/api-keys';
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import { valueIn } from '../../lib/model/rows/row';
import type { Column } from '../../lib/model/rows/signature';
import { ProofProblem } from '../problem';
import { endAll } from '../process';
import { Report } from '../report';
import { bundleHandler, startHandler } from '../serving/handler';
import { NUMBERS, proofModels } from '../serving/models';
import { startBrowser } from './browser';
import type { Browser, Page } from './playwright';
import { type Visit, visit } from './visit';

const SCREENSHOTS = resolve('.slipway/page');

const WIDE = { viewport: { width: 1280, height: 900 } } as const;
/** 320 CSS pixels: WCAG 2.2, reflow. */
const NARROW = { viewport: { width: 320, height: 800 } } as const;

/** Puts a value into the field that has the focus, with keys alone. */
async function type(page: Page, column: Column, value: unknown): Promise<void> {
  if (column.categories === undefined && column.type !== 'bool') {
    await page.keyboard.press('ControlOrMeta+A');
    if (value === null) await page.keyboard.press('Delete');
    else await page.keyboard.type(String(value));
    return;
  }
  await page.keyboard.press('Home');
  const wanted = value === null ? 'missing' : String(value);
  const chosen = () => page.evaluate('document.activeElement.selectedOptions[0]?.textContent');
  for (let i = 0; i < 50 && (await chosen()) !== wanted; i++) await page.keyboard.press('ArrowDown');
}

function goldenValue(modelPackage: ModelPackage, row: number, column: number): unknown {
  return valueIn(modelPackage.golden!.inputs[row], modelPackage.manifest.signature, column);
}

/** Fills the form by Tab and keys, sends it by Enter, and reads the answer. */
async function byKeyboard(report: Report, page: Page, modelPackage: ModelPackage, row: number): Promise<void> {
  const { columns } = modelPackage.manifest.signature;
  await page.getByRole('button', { name: 'Clear' }).press('Enter');
  await page.evaluate('document.activeElement.blur()');
  const focused = () => page.evaluate('document.activeElement?.id') as Promise<string>;
  for (const [index, column] of columns.entries()) {
    if (column.unused) continue;
    for (let i = 0; i < 10 && (await focused()) !== `c${index}`; i++) await page.keyboard.press('Tab');
    await type(page, column, goldenValue(modelPackage, row, index));
  }
  while ((await page.evaluate('document.activeElement?.tagName')) !== 'BUTTON') await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const answer = page.locator('#answer .label').first();
  await answer.waitFor();
  const expected = [modelPackage.golden!.predict[row]].flat()[0];
  const got = await answer.textContent();
  const near = typeof expected === 'number' && Math.abs(Number(got) - expected) <= 1e-9 * Math.abs(expected);
  report.check(near || got === String(expected), 'filled in by keyboard it answers the golden row', String(got));
}

/** A wrong number, and values that are missing, are told where they are. */
async function mistakes(report: Report, wide: Visit, modelPackage: ModelPackage, name: string): Promise<void> {
  const { columns } = modelPackage.manifest.signature;
  const number = columns.findIndex((column) => column.type === 'float64' && !column.unused && !column.categories);
  if (number < 0) return; // any text is right
  await wide.page.getByLabel(columns[number]!.name, { exact: true }).fill('');
  await wide.page.locator(`#c${number}`).pressSequentially('1e999');
  await wide.page.keyboard.press('Enter');
  const message = wide.page.locator(`#c${number}-error`);
  await message.waitFor();
  report.check(true, 'a wrong value is told beside its field', (await message.textContent()) ?? '');
  report.equal(await wide.page.evaluate('document.activeElement.id'), 'summary', 'and the summary has the focus');
  const described = await wide.page.locator(`#c${number}`).getAttribute('aria-describedby');
  report.check(described?.includes(`c${number}-error`) === true, 'which the field is described by');
  await wide.page.keyboard.press('Tab');
  await wide.page.keyboard.press('Enter');
  report.equal(await wide.page.evaluate('document.activeElement.id'), `c${number}`, 'a link of it leads to the field');
  await wide.page.getByRole('button', { name: 'Clear' }).press('Enter');
  await wide.page.getByRole('button', { name: 'Predict' }).press('Enter');
  const told = wide.page.locator('.error:visible');
  await told.first().waitFor();
  const refusal = await told.first().textContent();
  report.check(
    /, got nothing$/.test(refusal ?? ''),
    'what the endpoint refuses is told beside its field',
    refusal ?? '',
  );
  await wide.checkWithAxe('the page with mistakes');
  await wide.screenshot(`${name}-mistake`);
}

async function prove(report: Report, browser: Browser, bundle: string, directory: string): Promise<void> {
  const name = basename(directory);
  const modelPackage = readModelPackage(directory);
  const handler = await startHandler(bundle, { model: directory });
  const open = (options: Parameters<typeof visit>[2]) =>
    visit(browser, `${handler.url}/docs`, options, report, SCREENSHOTS);
  try {
    report.section(`${name}, wide and light`);
    const wide = await open(WIDE);
    await wide.checkWithAxe('the empty page');
    await byKeyboard(report, wide.page, modelPackage, 1);
    await wide.checkWithAxe('the page with an answer');
    await wide.screenshot(`${name}-light`);

    await mistakes(report, wide, modelPackage, name);
    await wide.close();

    report.section(`${name}, narrow and dark`);
    const narrow = await open({ ...NARROW, colorScheme: 'dark' });
    await narrow.page.getByRole('button', { name: 'Predict' }).press('Enter');
    await narrow.page.locator('#answer .label').first().waitFor();
    await narrow.checkWithAxe('the page with an answer');
    const overflow = await narrow.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    report.equal(overflow, 0, 'nothing has to be scrolled sideways');
    await narrow.screenshot(`${name}-narrow`);
    await narrow.close();

    report.section(`${name}, wide and dark`);
    const dark = await open({ ...WIDE, colorScheme: 'dark' });
    await dark.page.getByRole('button', { name: 'Predict' }).press('Enter');
    await dark.page.locator('#answer .label').first().waitFor();
    await dark.checkWithAxe('the page with an answer');
    await dark.screenshot(`${name}-dark`);
    await dark.close();
  } finally {
    await handler.stop();
  }
}

/** With access control the page tells nothing of the model until it has a key. */
async function proveLocked(report: Report, browser: Browser, bundle: string, folder: string): Promise<void> {
  report.section('a page with a lock');
  const key = 'slipway_proof';
  const keysFile = join(folder, 'keys');
  writeFileSync(keysFile, `${apiKeyLine('proof', key)}\n`);
  const handler = await startHandler(bundle, { model: NUMBERS, access: { apiKeys: keysFile } });
  try {
    const locked = await visit(browser, `${handler.url}/docs`, WIDE, report, SCREENSHOTS);
    const { page } = locked;
    const { signature } = readModelPackage(NUMBERS).manifest;
    report.check(!(await page.content()).includes(signature.columns[0]!.name), 'it tells nothing of the model');
    await locked.checkWithAxe('the locked page');
    await locked.screenshot('locked');
    await page.getByLabel('API key or token').focus();
    await page.keyboard.type('slipway_wrong');
    await page.keyboard.press('Enter');
    await page.locator('#locked-error:visible').waitFor();
    report.equal(
      await page.evaluate('document.activeElement.id'),
      'key',
      'a wrong key is told, and the field has the focus',
    );
    await locked.checkWithAxe('the locked page with a wrong key');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Predict' }).press('Enter');
    await page.locator('#answer .label').first().waitFor();
    report.check(true, 'with the key it shows the form, and the endpoint answers');
    report.check(!(await page.locator('#curl').textContent())?.includes(key), 'the curl line does not hold the key');
    await locked.checkWithAxe('the opened page');
    await locked.screenshot('opened');
    await locked.close();
    report.check(!JSON.stringify(handler.events).includes(key), 'nor does the log');
  } finally {
    await handler.stop();
  }
}

/** A page of another site calls the endpoint with a key, as its browser lets it. */
async function proveCrossing(report: Report, browser: Browser, bundle: string, folder: string): Promise<void> {
  report.section('pages of other sites');
  const key = 'slipway_proof';
  const keysFile = join(folder, 'crossing-keys');
  writeFileSync(keysFile, `${apiKeyLine('proof', key)}\n`);
  const sites = [1, 2].map(() =>
    createServer((_, response) => response.end('<title>site</title>')).listen(0, '127.0.0.1'),
  );
  await Promise.all(sites.map((site) => once(site, 'listening')));
  const [own, other] = sites.map((site) => `http://127.0.0.1:${(site.address() as AddressInfo).port}`);
  const handler = await startHandler(bundle, { model: NUMBERS, access: { apiKeys: keysFile }, origins: [own!] });
  try {
    const row = JSON.stringify({ instances: readModelPackage(NUMBERS).golden!.inputs.slice(0, 1) });
    const call = async (site: string, authorization: string) => {
      const page = await browser.newPage();
      await page.goto(site);
      const headers = { 'content-type': 'application/json', authorization };
      const code = `fetch(${JSON.stringify(`${handler.url}/predict`)}, ${JSON.stringify({ method: 'POST', headers, body: row })})
        .then((reply) => String(reply.status), (error) => error.name)`;
      const found = await page.evaluate(code);
      await page.close();
      return found;
    };
    report.equal(await call(own!, `Bearer ${key}`), '200', 'a page of the site that is named gets its answer');
    report.equal(await call(own!, 'Bearer wrong'), '401', 'and sees that its key is wrong');
    report.equal(await call(other!, `Bearer ${key}`), 'TypeError', 'a page of another site gets nothing');
  } finally {
    await handler.stop();
    for (const site of sites) site.close();
  }
}

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-page-'));
  mkdirSync(SCREENSHOTS, { recursive: true });
  let browser: Browser | undefined;
  try {
    browser = await startBrowser();
    const bundle = bundleHandler(folder);
    await proveLocked(report, browser, bundle, folder);
    await proveCrossing(report, browser, bundle, folder);
    for (const { directory } of await proofModels(join(folder, 'models'))) {
      await prove(report, browser, bundle, directory);
    }
  } catch (error) {
    if (!(error instanceof ProofProblem) && !SlipwayError.is(error)) throw error;
    report.check(false, error.message);
  } finally {
    await browser?.close();
    endAll();
    rmSync(folder, { recursive: true });
  }
  if (report.close().failed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
