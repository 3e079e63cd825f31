/** Pictures of what the watchers show, for docs/monitoring.md: by Debian's Chromium, as `proof:page` has it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../page/browser';
import { isRecording } from '../record';
import type { Report } from '../report';

/** In the documentation where a run is recorded, else beside what other proofs make. */
const FOLDER = () => resolve(isRecording() ? 'docs/pictures' : '.slipway/pictures');

const MOST_BYTES = 100_000;
const QUALITY = 80;

export interface Picture {
  /** Of its file. */
  readonly name: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** What has to stand on the page. */
  readonly shows: readonly string[];
  /** What a person would do there first. @default - nothing */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** Of this machine: nobody else has to read it in a picture. */
const private_ = () => [hostname(), process.cwd(), homedir(), tmpdir()].filter((text) => text.length > 3);

async function take(report: Report, browser: Browser, picture: Picture): Promise<void> {
  const { name, url, width, height, shows, before } = picture;
  const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'UTC' });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await before?.(page);
    await page.waitForLoadState('networkidle');
    const text = await page.locator('body').innerText();
    const missing = shows.filter((part) => !text.includes(part));
    const told = private_().filter((part) => text.includes(part));
    report.check(
      missing.length === 0,
      `${name} shows ${shows.join(', ')}`,
      missing.length === 0 ? '' : text.slice(0, 600),
    );
    report.check(told.length === 0, `${name} tells nothing of this machine`, told.join(', '));
    const session = await context.newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    const bytes = Buffer.from(data, 'base64');
    report.check(bytes.length < MOST_BYTES, `${name} is small`, `${Math.round(bytes.length / 1000)} KB`);
    mkdirSync(FOLDER(), { recursive: true });
    writeFileSync(join(FOLDER(), `${name}.webp`), bytes);
  } catch (error) {
    report.check(false, `${name} can be taken`, (error as Error).message.slice(0, 600));
  } finally {
    await context.close();
  }
}

export async function takePictures(report: Report, pictures: readonly Picture[]): Promise<void> {
  report.section('what the pages of the watchers show');
  let browser: Browser;
  try {
    browser = await startBrowser();
  } catch (error) {
    report.unproved('pictures', (error as Error).message);
    return;
  }
  try {
    for (const picture of pictures) await take(report, browser, picture);
  } finally {
    await browser.close();
  }
}
