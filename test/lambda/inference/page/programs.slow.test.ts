/** The programs that the page shows beside its form, run as they are shown: against plain HTTP, and against a local certificate. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { localCertificate } from '../../../../bin/local/certificate';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

const run = promisify(execFile);

type Program = (url: URL, body: string, key: boolean) => string;

const script = readFileSync(join(__dirname, '../../../../lambda/inference/page/form.browser.js'), 'utf8');
const PROGRAMS = runInNewContext(`${script}\nLANGUAGES`, {
  document: { getElementById: () => undefined },
}) as Readonly<Record<string, Program>>;

/** How each is run. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  curl: ['bash', '-c'],
  python: ['python3', '-c'],
  javascript: [process.execPath, '--no-warnings', '--input-type=module', '--eval'],
};

const body = JSON.stringify({ data: [rows[0]] });
const servings: Record<string, Serving> = {};

beforeAll(async () => {
  servings.http = await startServing();
  const tls = await localCertificate(join(temporaryFolder(), 'tls'));
  servings.https = await startServing({ settings: { tls } });
});
afterAll(stopServings);

const here = (program: string) => spawnSync(program, ['--version']).status === 0;

describe.each(Object.keys(RUNNERS))('%s', (language) => {
  const [program, ...options] = RUNNERS[language] as [string, ...string[]];
  const runs = here(program) && (language !== 'curl' || here('curl')) ? test : test.skip;

  runs.each(['http', 'https'])('asks an endpoint of this machine over %s', async (scheme) => {
    const text = PROGRAMS[language]!(new URL('predict', `${servings[scheme]!.base}/docs`), body, false);
    const env = {
      ...process.env,
      ...(text.includes('NODE_TLS_REJECT_UNAUTHORIZED=0') && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    };
    const { stdout } = await run(program, [...options, text], { env });
    expect(stdout.replaceAll(/[\s'"]/g, '')).toContain(`result:[${labels[0]}]`);
  });

  test('takes the key of the environment, and trusts no other machine blindly', () => {
    const text = PROGRAMS[language]!(new URL('https://credit.example.com/predict'), body, true);
    expect(text).toContain('SLIPWAY_KEY');
    expect(text).not.toMatch(/insecure|unverified|REJECT_UNAUTHORIZED/);
  });
});

test('a text with quotation marks stays one body in a shell', async () => {
  const text = PROGRAMS.curl!(new URL('http://127.0.0.1:9/predict'), '{"data":[{"name":"O\'Neill \\"x\\""}]}', false);
  const { stdout } = await run('bash', ['-c', text.replace(/^curl/, "printf '%s|'")]);
  expect(stdout).toContain('|{"data":[{"name":"O\'Neill \\"x\\""}]}|');
});
