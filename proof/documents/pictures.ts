/** The pictures of documents, drawn by mermaid in a real browser as GitHub draws them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CodeBlock, placeOf } from '../../testing/documents/code-blocks';
import { startBrowser } from '../page/browser';
import { ProofProblem } from '../problem';
import { run } from '../process';
import type { Report } from '../report';

const FOLDER = resolve('.slipway/mermaid');
const MERMAID = 'mermaid@12.3.0';

export async function drawPictures(report: Report, blocks: readonly CodeBlock[]): Promise<void> {
  report.section('Pictures');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }');
  const install = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', MERMAID];
  const { code, output } = await run(install, { cwd: FOLDER });
  if (code !== 0) throw new ProofProblem(`${MERMAID} is not installed: ${output}`);
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: join(FOLDER, 'node_modules/mermaid/dist/mermaid.min.js') });
    const drawn = (text: string) =>
      page.evaluate(`mermaid.render('picture', ${JSON.stringify(text)}).then(() => '', (error) => String(error))`);
    for (const block of blocks) {
      const problem = (await drawn(block.code)) as string;
      report.check(problem === '', placeOf(block), problem);
    }
    report.check((await drawn('flowchart LR\n  a -- > b\n')) !== '', 'and one with a mistake is not drawn');
  } finally {
    await browser.close();
  }
}
