import { execFile } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_CONFIG, EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const root = join(__dirname, '../..');
const model = EXAMPLE_MODEL;
const config = EXAMPLE_CONFIG;
const folder = temporaryFolder();

describe('slipway', () => {
  test('--help teaches the way of a model and the exit statuses', async () => {
    const { status, stdout } = await slipway('--help');
    expect(status).toBe(0);
    for (const command of ['start', 'pack', 'profile', 'plan', 'serve', 'verify', 'runtime'])
      expect(stdout).toContain(`  ${command} `);
    expect(stdout).toMatch(/Exit status: 0 done, 1 the check failed, 2 the input is wrong, 3 a fault of Slipway/);
  });

  test('pack --help shows how golden rows are written', async () => {
    expect((await slipway('pack', '--help')).stdout).toMatch(/save\(model, X, y, "credit"\)/);
  });

  test.each([
    [['plam', 'x'], /unknown command 'plam'[\s\S]*Did you mean plan\?/],
    [['profile', '--config', config, '--model', 'none'], /has no model "none"/],
    [['profile', model, '--subnet', 'subnet-1', '--yes'], /--subnet, --yes go with --on/],
    [['profile', model, '--on', ' ,'], /--on names no type, got " ,"/],
    [['pack', 'a.joblib'], /required option '--name <name>' not specified/],
    [['plan', model, '--p99', '40'], /It must be a duration with its unit, e\.g\. 40ms/],
    [['plan', model, '--rps', '-3'], /It must be a number greater than 0/],
    [['plan', model, '--availability', 'both'], /It must be one of single, instance, zone/],
    [['serve', model, '--port', '70000'], /It must be a whole number from 1 to 65535/],
    [['start', 'README.md'], /name the golden rows of README\.md with --golden/],
    [['start', 'a.joblib'], /a\.joblib: does not exist; name a model file/],
    [['start', 'a.joblib', '--file', 'b.joblib'], /two model files are named, a\.joblib and b\.joblib/],
    [['compare', '--stage', 'prod', '--days', '1000'], /CloudWatch keeps what is compared for 63 days/],
  ])('%j is a usage error', async (words, message) => {
    const { status, stderr, stdout } = await slipway(...words);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('with --json', () => {
  const error = (code: string, message: RegExp) => ({
    error: { code, message: expect.stringMatching(message), problems: expect.any(Array) },
  });

  test.each([
    [['plan', '--json'], 2, error('E_USAGE', /^the service level is incomplete/)],
    [['plan', '--jsn', '--json'], 2, error('E_USAGE', /^unknown option '--jsn'/)],
    [['pack', '--json'], 2, error('E_USAGE', /^required option '--name/)],
    [['inspect', 'none.joblib', '--json'], 2, error('E_FILE', /does not exist/)],
    [['profile', 'none', '--json'], 2, error('E_PACKAGE', /does not exist/)],
    [['verify', 'http://127.0.0.1:9', '--model', model, '--json'], 1, error('E_UNREACHABLE', /nothing listens/)],
    [['compare', '--stage', 'none', '--config', config, '--json'], 2, error('E_USAGE', /has no stage/)],
  ])('%j fails with an error as JSON, and nothing else on stdout', async (words, expected, document) => {
    const { status, stdout, stderr } = await slipway(...words);
    expect(JSON.parse(stdout)).toEqual(document);
    expect(stderr).not.toBe('');
    expect(status).toBe(expected);
  });

  test('problems are a list', async () => {
    const { error: failed } = JSON.parse((await slipway('plan', '--json')).stdout);
    expect(failed.problems).toContainEqual(expect.stringMatching(/^missing --rps/));
  });

  test('a value of an option does not ask for it', async () => {
    expect((await slipway('plan', '--', '--json')).stdout).toBe('');
  });
});

describe('text of a model file', () => {
  const text = (value: string) => Buffer.concat([Buffer.of(0x8c, Buffer.byteLength(value)), Buffer.from(value)]);
  /** An object of a class of this module and name, in protocol 4. */
  const pickle = (module: string, name: string) => {
    const path = join(folder, 'control.pkl');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('\x80\x04', 'latin1'), text(module), text(name), Buffer.from('\x93)\x81.', 'latin1')]),
    );
    return path;
  };
  const hostile = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\nerror E_FORMAT: another\rline';

  test.each([
    ['pack', '--name', 'x', '--out', join(folder, 'out')],
    ['inspect'],
    ['inspect', '--json'],
    ['pack', '--name', 'x', '--out', join(folder, 'out'), '--json'],
  ])('%s %s gives no command to a terminal and begins no line', async (command, ...words) => {
    const { stdout, stderr } = await slipway(command!, pickle(`m${hostile}`, `C${hostile}`), ...words);
    expect(stdout + stderr).toContain('\\u001b');
    expect(stdout + stderr).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    expect(stdout + stderr).not.toMatch(/^error E_FORMAT/m);
  });
});

describe('slipway plan', () => {
  test('prints the choice, the bill and the reasons', async () => {
    const { status, stdout } = await slipway('plan', model, '--rps', '400', '--p99', '40ms', '--availability', 'zone');
    expect(status).toBe(0);
    expect(stdout).toMatch(/USD/);
    expect(stdout).toMatch(/load balancer/);
  });

  test('--json prints the whole plan and nothing else on stdout', async () => {
    const words = ['plan', model, '--rps', '400', '--p99', '40ms', '--availability', 'zone', '--json'];
    const first = await slipway(...words);
    const plan = JSON.parse(first.stdout);
    expect(plan).toMatchObject({
      schemaVersion: 2,
      serviceLevel: { requestsPerSecond: 400, p99Ms: 40 },
    });
    expect((await slipway(...words)).stdout).toBe(first.stdout);
  });

  test('--stage takes the service level from slipway.yaml', async () => {
    const { stdout } = await slipway('plan', model, '--stage', 'prod', '--config', config, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      region: 'eu-west-1',
      serviceLevel: { requestsPerSecond: 400, availability: 'zone' },
    });
  });

  test('names every missing part of the service level at once', async () => {
    const { status, stderr } = await slipway('plan', model);
    expect(status).toBe(2);
    for (const option of ['--rps', '--p99', '--availability']) expect(stderr).toContain(`missing ${option}`);
  });

  test('refuses a service level beside --stage', async () => {
    const { status, stderr } = await slipway('plan', model, '--stage', 'prod', '--config', config, '--mean-rps', '3');
    expect(stderr).toMatch(/leave out --mean-rps/);
    expect(status).toBe(2);
  });

  test('an unknown stage lists those that exist', async () => {
    const { stderr } = await slipway('plan', model, '--stage', 'test', '--config', config);
    expect(stderr).toMatch(/has no stage "test"; it has dev, staging, prod/);
  });

  test('a service level that nothing meets is a failed check, exit status 1', async () => {
    const { status, stderr } = await slipway('plan', model, '--rps', '400', '--p99', '1ms', '--availability', 'zone');
    expect(stderr).toMatch(/^error E_INFEASIBLE: /);
    expect(status).toBe(1);
  });
});

describe('model packages', () => {
  test.each(['profile', 'serve', 'plan'])('%s of a folder that is not there says how to make one', async (command) => {
    const words = command === 'plan' ? ['--rps', '1', '--p99', '1s', '--availability', 'single'] : [];
    const { status, stderr } = await slipway(command, join(folder, 'none'), ...words);
    expect(stderr).toMatch(/none: does not exist; make the model package with "npx slipway pack"/);
    expect(status).toBe(2);
  });

  test('a model that was changed by hand is refused', async () => {
    const copy = join(folder, 'changed');
    cpSync(model, copy, { recursive: true });
    writeFileSync(join(copy, 'model.onnx'), 'changed');
    const { status, stderr } = await slipway('serve', copy);
    expect(stderr).toMatch(/E_PACKAGE: .*model\.onnx: has SHA-256 .* it was changed after packing/);
    expect(status).toBe(2);
  });

  test('pack of a file that is not there says so, and writes nothing', async () => {
    const { status, stderr } = await slipway(
      'pack',
      join(folder, 'none.joblib'),
      '--name',
      'x',
      '--out',
      join(folder, 'out'),
    );
    expect(stderr).toMatch(/error E_FILE: .*none\.joblib: does not exist/);
    expect(status).toBe(2);
  });
});

describe('slipway serve and verify', () => {
  test('a port in use is said before anything is built', async () => {
    const server = createServer().listen(0, 'localhost');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      const { status, stderr } = await slipway('serve', model, '--port', String(port));
      expect(stderr).toMatch(
        new RegExp(`E_PORT: port ${port} is in use by another program; choose another with --port`),
      );
      expect(status).toBe(2);
    } finally {
      server.close();
    }
  });

  test.each([
    ['ftp://x', /E_USAGE: an endpoint is asked over https or http, not ftp/],
    ['http://', /E_USAGE: the endpoint must be a URL, e\.g\. https:\/\/credit\.example\.com, got "http:\/\/"/],
    ['https://me:secret@h:99999', /E_USAGE: the endpoint must be a URL/],
    ['https://me:secret@h/?key=secret', /E_USAGE: https:\/\/h\/: the URL of an endpoint has no query/],
    [
      'http://me:secret@h.example',
      /E_USAGE: http:\/\/h\.example\/v2\/models\/breast-cancer: a key is not sent over plain HTTP/,
    ],
    [
      'https://me:secret@127.0.0.1:9',
      /E_UNREACHABLE: https:\/\/127\.0\.0\.1:9\/v2\/models\/breast-cancer: nothing listens there/,
    ],
  ])('verify %s says what is wrong, and no password', async (url, message) => {
    const { stdout, stderr } = await slipway('verify', url, '--model', model, '--json');
    expect(stderr).toMatch(message);
    expect(stdout + stderr).not.toMatch(/secret/);
  });

  test('verify of an endpoint that does not answer is a failed check', async () => {
    const { status, stderr } = await slipway('verify', 'http://127.0.0.1:9', '--model', model);
    expect(stderr).toMatch(/E_UNREACHABLE: .*nothing listens there/);
    expect(status).toBe(1);
  });
});

test('the launcher runs as a program and gives its exit status', async () => {
  const outcome = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(root, 'bin/launcher.js'), 'plan', model], (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    );
  });
  expect(outcome.stderr).toMatch(/^error E_USAGE: the service level is incomplete/);
  expect(outcome.code).toBe(2);
});
