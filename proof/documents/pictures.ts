/** The pictures of documents, drawn by mermaid in a real browser as GitHub draws them. */
import { ownPackages } from '../../scripts/own-packages';
import { type CodeBlock, placeOf } from '../../testing/documents/code-blocks';
import { startBrowser } from '../page/browser';
import type { Report } from '../report';

export async function drawPictures(report: Report, blocks: readonly CodeBlock[]): Promise<void> {
  report.section('Pictures');
  const packages = ownPackages(__dirname);
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: packages.resolve('mermaid/dist/mermaid.min.js') });
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
