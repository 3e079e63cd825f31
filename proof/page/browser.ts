/** Debian's Chromium, driven by playwright-core, which brings no browser of its own. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { ProofProblem } from '../problem';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @throws ProofProblem when there is no Chromium */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PATHS.find(existsSync);
  if (executablePath === undefined) {
    throw new ProofProblem('the proof needs Chromium; on Debian: apt install chromium, elsewhere name it in CHROMIUM');
  }
  // a container has neither the namespaces of the sandbox nor a large /dev/shm; the page is our own
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
