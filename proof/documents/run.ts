/**
 * `npm run proof:documents`: what documents show is run as its readers run it. Python in an environment of scikit-learn, with data
 * of every kind, and what it writes is packed; the commands of each page in a folder that has what the page speaks of; commands of
 * AWS by its own command line, as far as it reads them; pictures by mermaid; TypeScript by Node.js. `npm test` holds the rest.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { allBlocks, blocksOf, type CodeBlock, PAGES } from '../../testing/documents/code-blocks';
import { shellCommands } from '../../testing/documents/shell-commands';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { Report } from '../report';
import { runProof } from '../run-proof';
import { runCommands } from './commands';
import { deskIn, profileLoans } from './desk';
import { drawPictures } from './pictures';
import { runModules } from './typescript';

const ENVIRONMENT = resolve('.slipway/documents-venv');
const PYTHON = join(ENVIRONMENT, 'bin/python');
const LAUNCHER = resolve('bin/launcher.js');

/** `npm run proof:examples` runs those of the examples, whose data these are. */
const ELSEWHERE = /^examples\//;

interface Saved {
  readonly page: string;
  /** Where its block begins. */
  readonly line: number;
  readonly kind: string;
  readonly folder: string;
}

/** Of `python_blocks.py`: which files a block leaves, by its heading. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  'As a table': ['--golden', 'golden.parquet'],
  'Which rows, and how many': ['--golden', 'golden.parquet', '--data', 'training.parquet'],
};

async function runPython(report: Report, folder: string): Promise<void> {
  report.section('Python, with numbers, missing values, dates, truth values, categories and texts');
  const blocks = allBlocks().filter(({ language, page }) => language === 'python' && !ELSEWHERE.test(page));
  const list = join(folder, 'blocks.json');
  writeFileSync(list, JSON.stringify(blocks));
  mkdirSync(join(folder, 'python'));
  const script = join(__dirname, 'python_blocks.py');
  const { code, output } = await run([PYTHON, '-W', 'ignore', script, list, join(folder, 'python')]);
  report.check(code === 0, `${blocks.length} blocks run`, code === 0 ? '' : output.trim().slice(-2000));
  const saved = output.split('\n').filter((line) => line.startsWith('{"page"'));
  for (const line of saved) await packed(report, JSON.parse(line) as Saved);
}

/** What a block has written is packed, and its golden rows hold. */
async function packed(report: Report, { page, line, kind, folder }: Saved): Promise<void> {
  const byHelper = /save\(model, X, y, "(\w+)"\)/;
  const { code: text, heading } = blocksOf(page).find((each) => each.line === line)!;
  const [, name] = byHelper.exec(text) ?? [];
  const source = name === undefined ? ['model.joblib', ...(TABLES[heading] ?? ['--golden', 'golden.json'])] : [name];
  const words = ['pack', ...source, '--name', 'a', '--out', 'package', '--json'];
  const { code, output } = await run([process.execPath, LAUNCHER, ...words], { cwd: folder });
  const verified = code === 0 && output.includes('"verified": true');
  report.check(verified, `${page}:${line}: ${kind} are packed and verified`, verified ? '' : output.slice(-1500));
}

async function runShell(report: Report, folder: string): Promise<void> {
  report.section('Commands');
  const saved = join(folder, 'saved');
  const { code, output } = await run([PYTHON, '-W', 'ignore', join(__dirname, 'desk.py'), saved]);
  if (code !== 0) throw new ProofProblem(`the files that pages speak of are not made: ${output}`);
  await profileLoans(saved);
  for (const page of PAGES.filter((each) => !ELSEWHERE.test(each))) {
    if (!blocksOf(page).some(({ language }) => language === 'sh')) continue;
    const desk = await deskIn(folder, saved);
    await runCommands(report, page, desk);
    rmSync(desk, { recursive: true, force: true });
  }
}

/** The command line of AWS reads each of its commands, and then finds nobody to ask. */
async function readByAws(report: Report): Promise<void> {
  report.section('Commands of AWS');
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
    AWS_CONFIG_FILE: '/dev/null',
  };
  const read = async (words: readonly string[]) => run([join(ENVIRONMENT, 'bin/aws'), ...words], { env });
  const asked = ({ output }: { readonly output: string }) => output.includes('Could not connect to the endpoint URL');
  for (const block of allBlocks().filter(({ language }) => language === 'sh')) {
    for (const { words, line } of shellCommands(block.code).filter(({ words: [name] }) => name === 'aws')) {
      const found = await read(words.slice(1));
      report.check(
        asked(found),
        `${block.page}:${block.line + line}: aws ${words[1]} ${words[2]}`,
        asked(found) ? '' : found.output,
      );
    }
  }
  report.check(
    !asked(await read(['ec2', 'describe-instances', '--filter-by', 'a'])),
    'and refuses an option that is none',
  );
}

async function main(): Promise<number> {
  const report = new Report(console.log);
  const contents = 'scikit-learn, pandas and the command line of AWS';
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory: ENVIRONMENT, contents }, console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-documents-'));
  const of = (wanted: (block: CodeBlock) => boolean) => allBlocks().filter(wanted);
  try {
    await runPython(report, folder);
    await readByAws(report);
    await drawPictures(
      report,
      of(({ language }) => language === 'mermaid'),
    );
    await runModules(
      report,
      of(({ language, page }) => language === 'ts' && !page.startsWith('docs/reference/api/')),
    );
    await runShell(report, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report.close().failed === 0 ? 0 : 1;
}

runProof(main);
