import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const model = EXAMPLE_MODEL;
const folder = temporaryFolder();
const before = process.cwd();
beforeAll(() => process.chdir(folder)); // where the handler is built
afterAll(() => process.chdir(before));

async function freePort(host = 'localhost'): Promise<{ port: number; close: () => void }> {
  const server = createServer().listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

/** A package whose golden rows somebody has changed, with their digest. */
function altered(): string {
  const copy = join(folder, 'altered');
  cpSync(model, copy, { recursive: true });
  const golden = JSON.parse(readFileSync(join(copy, 'golden.json'), 'utf8'));
  golden.predict[3] = 1 - golden.predict[3];
  const text = JSON.stringify(golden);
  writeFileSync(join(copy, 'golden.json'), text);
  const manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'));
  manifest.golden = { ...manifest.golden, sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length };
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
  return copy;
}

/** Serves on a port that was free a moment ago. */
async function serve(...words: string[]) {
  const { port, close } = await freePort();
  close();
  return slipway('serve', ...words, '--port', String(port));
}

test('two models of one name are refused before anything is built', async () => {
  expect(await serve(model, model)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error E_PACKAGE: .* are both models of the name "breast-cancer"/),
    stdout: '',
  });
});

test('keys that are a folder are refused before anything is built', async () => {
  expect(await serve(model, '--keys', folder)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error E_FILE: .*: is not usable for access control/),
    stdout: '',
  });
});

test('an admin port that is taken is said before anything is built, with its option', async () => {
  const { port, close } = await freePort('127.0.0.1');
  try {
    expect(await serve(model, '--admin-port', String(port))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        new RegExp(`^error E_PORT: port ${port} is in use by another program; choose another with --admin-port`),
      ),
      stdout: '',
    });
  } finally {
    close();
  }
});

test('one port cannot be both', async () => {
  const { status, stderr } = await slipway('serve', model, '--port', '18443', '--admin-port', '18443');
  expect(stderr).toMatch(/^error E_PORT: --port and --admin-port are both 18443/);
  expect(status).toBe(2);
});

test('golden rows that do not hold are told when the handler finds it, and by row', async () => {
  const { status, stderr, stdout } = await serve(altered());
  expect(stderr).toMatch(
    /^error E_PARITY: breast-cancer: the golden rows do not hold in the handler on this machine\n {2}- row 3, predict: expected [01], got [01]\n$/,
  );
  expect(stdout).toMatch(/"event":"golden rows differ"/);
  expect(status).toBe(1);
});

test('what the handler cannot serve with has the code and the status that it gives', async () => {
  process.env.SLIPWAY_ENGINE = 'nonsense';
  try {
    const { status, stderr } = await serve(model);
    expect(stderr).toMatch(
      /^error E_USAGE: the environment of the handler is wrong\n {2}- SLIPWAY_ENGINE must be one of/,
    );
    expect(status).toBe(2);
  } finally {
    delete process.env.SLIPWAY_ENGINE;
  }
});
