/** Pictures of what the watchers show, for docs/monitoring.md: by Debian's Chromium, as `proof:page` has it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBrowser } from '../page/browser';
import type { Browser, Page } from '../page/playwright';
import { isRecording } from '../record';
import type { Report } from '../report';

/** In the documentation where a run is recorded, else beside what other proofs make. */
const FOLDER = () => resolve(isRecording() ? 'docs/pictures' : '.slipway/pictures');

const MOST_BYTES = 100_000;
const QUALITY = 80;
/** What is below is not drawn. */
const WINDOW_HEIGHT = 1600;

export interface Picture {
  /** Of its file. */
  readonly name: string;
  readonly url: string;
  readonly width: number;
  /** At most. */
  readonly height: number;
  /** Selector of the part that is taken. @default - what a window of that size shows */
  readonly part?: string;
  /** What has to stand on the page. */
  readonly shows: readonly string[];
  /** What a person would do there first. @default - nothing */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** Of this machine: nobody else has to read it in a picture. */
const private_ = () => [hostname(), process.cwd(), homedir(), tmpdir()].filter((text) => text.length > 3);

async function take(report: Report, browser: Browser, picture: Picture): Promise<void> {
  const { name, url, width, height, shows, before, part } = picture;
  const context = await browser.newContext({ viewport: { width, height: WINDOW_HEIGHT }, timezoneId: 'UTC' });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await before?.(page);
    await page.waitForLoadState('networkidle');
    await page.waitForFunction('[...document.images].every((image) => image.complete && image.naturalWidth > 0)');
    const text = await page.locator('body').innerText();
    const missing = shows.filter((part) => !text.includes(part));
    const told = private_().filter((part) => text.includes(part));
    report.check(
      missing.length === 0,
      `${name} shows ${shows.join(', ')}`,
      missing.length === 0 ? '' : text.slice(0, 600),
    );
    report.check(told.length === 0, `${name} tells nothing of this machine`, told.join(', '));
    const box = part === undefined ? { x: 0, y: 0, width, height } : await page.locator(part).first().boundingBox();
    if (!box) throw new Error(`there is no ${part}`);
    const clip = { ...box, height: Math.min(box.height, height), scale: 1 };
    const session = await context.newCDPSession(page);
    const options = { format: 'webp', quality: QUALITY, clip } as const;
    const { data } = await session.send('Page.captureScreenshot', options);
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
