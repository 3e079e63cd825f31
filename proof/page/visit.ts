/** A page in the browser, watched: what it logs, what it asks for, and what axe finds against it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../report';
import { pagePackages } from './browser';
import type { Browser, ContextOptions, Page } from './playwright';

const axeCode = () => readFileSync(pagePackages().resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

export interface Visit {
  readonly page: Page;
  /** Everything that axe can check, with the page as it is now. */
  checkWithAxe(what: string): Promise<void>;
  screenshot(name: string): Promise<void>;
  /** Checks that the page logged no error, and asked for nothing but its own endpoint. */
  close(): Promise<void>;
}

/** @param screenshots folder for the pictures */
export async function visit(
  browser: Browser,
  url: string,
  options: ContextOptions,
  report: Report,
  screenshots: string,
): Promise<Visit> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // a refused request is logged by the browser itself
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(url).origin && protocol !== 'data:') foreign.push(request.url());
  });
  await page.goto(url);
  return {
    page,
    checkWithAxe: async (what) => {
      await page.evaluate(axeCode());
      // @ts-expect-error axe is a global of the page
      const { violations } = (await page.evaluate(() => axe.run())) as { violations: readonly Violation[] };
      const found = violations.map(
        ({ id, nodes }) => `${id} at ${nodes[0]!.target.join(' ')}: ${nodes[0]!.failureSummary}`,
      );
      report.equal(found, [], `axe finds nothing against ${what}`);
    },
    screenshot: async (name) => {
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    },
    close: async () => {
      report.equal(errors, [], 'the page logs no error');
      report.equal(foreign, [], 'and asks for nothing but its own endpoint');
      await context.close();
    },
  };
}
