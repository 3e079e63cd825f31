/** Prism before a double: it answers by itself what does not fit a description, a request with 4xx and an answer with 500. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ProofProblem } from '../problem';
import { serve, stop } from '../process';

export interface DescribedProxy {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const START_SECONDS = 60;

/** @throws ProofProblem where it does not start */
export async function startProxy(
  program: string,
  description: string,
  upstream: string,
  log: string,
): Promise<DescribedProxy> {
  const port = await freePort();
  const words = ['proxy', description, upstream, '--port', String(port), '--errors', '--verboseLevel', 'warn'];
  const child = serve([process.execPath, program, ...words], log);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 4 * START_SECONDS && child.exitCode === null; tries++) {
    const answers = await fetch(`${url}/no-such-path`).then(
      () => true,
      () => false,
    );
    if (answers) return { url, stop: () => stop(child) };
    await delay(250);
  }
  await stop(child);
  throw new ProofProblem(`Prism does not start; it wrote ${log}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
