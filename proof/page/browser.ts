/** Debian's Chromium, driven by playwright-core, which brings no browser of its own and is installed by the first proof that asks. */
import { existsSync } from 'node:fs';
import { ownPackages } from '../../scripts/own-packages';
import { ProofProblem } from '../problem';
import type { Browser } from './playwright';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `require` of what is installed for pages alone. */
export const pagePackages = (): NodeJS.Require => ownPackages(__dirname);

/** @throws ProofProblem when there is no Chromium */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PATHS.find(existsSync);
  if (executablePath === undefined) {
    throw new ProofProblem('the proof needs Chromium; on Debian: apt install chromium, elsewhere name it in CHROMIUM');
  }
  const { chromium } = pagePackages()('playwright-core') as {
    readonly chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
  };
  // a container has neither the namespaces of the sandbox nor a large /dev/shm; the page is our own
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
