import { readFileSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const folder = temporaryFolder();
const servers: http.Server[] = [];

async function answering(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const MEMORY = 'slipway_instance_memory_bytes 1000\nslipway_instance_memory_available_bytes 150\n';

// in this process, where the servers are, too; under its clock it is tried in check.slow.test.ts
beforeAll(() => {
  process.env.SLIPWAY_CHECKING = '1';
});
afterAll(() => {
  delete process.env.SLIPWAY_CHECKING;
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test.each([
  [[], 0, 'OK'],
  [['-w', '80', '-c', '90'], 1, 'WARNING'],
  [['-w', '70', '-c', '80'], 2, 'CRITICAL'],
])('memory with %p: status %i', async (words, status, state) => {
  const url = await answering((_, response) => response.end(MEMORY));
  const outcome = await slipway('check', 'memory', '-u', url, ...words);
  expect(outcome).toMatchObject({ status, stderr: '' });
  expect(outcome.stdout).toMatch(new RegExp(`^SLIPWAY MEMORY ${state} - 85\\.0 % .* \\| memory=85%;.*\\n$`));
});

test.each([
  ['no memory at all', 'slipway_instance_memory_bytes 0\nslipway_instance_memory_available_bytes 0\n'],
  ['what is no number', 'slipway_instance_memory_bytes NaN\nslipway_instance_memory_available_bytes +Inf\n'],
])('measurements of %s: UNKNOWN', async (_, text) => {
  const url = await answering((__, response) => response.end(text));
  const { status, stdout } = await slipway('check', 'memory', '-u', url, '-w', '80');
  expect(stdout).toBe('SLIPWAY MEMORY UNKNOWN - what is measured there is no number: memory is NaN\n');
  expect(status).toBe(3);
});

test('the certificate of what speaks no TLS: CRITICAL', async () => {
  const url = await answering((_, response) => response.end());
  const { status, stdout } = await slipway('check', 'certificate', '-u', url.replace('http', 'https'));
  expect(stdout).toMatch(
    /^SLIPWAY CERTIFICATE CRITICAL - https:\S+: what answers there does not speak HTTPS; [^\n]+\n$/,
  );
  expect(status).toBe(2);
});

test('the key of a file goes to an instance over plain HTTP where it is allowed', async () => {
  const file = join(folder, 'key');
  writeFileSync(file, 'a-key\n');
  const url = await answering(({ headers }, response) =>
    response.end(headers.authorization === 'Bearer a-key' ? MEMORY : ''),
  );
  expect(await slipway('check', 'memory', '-u', url, '--key-file', file)).toMatchObject({ status: 0 });
});

test.each([
  ['contradicting thresholds', ['memory', '-H', '127.0.0.1', '-w', '90', '-c', '80'], /-w 90 and -c 80 contradict/],
  ['a range that is none', ['memory', '-H', '127.0.0.1', '-w', 'much'], /-w much: is no range/],
  ['no place', ['memory'], /name one place to check/],
  ['two places', ['memory', '-H', '127.0.0.1', '-u', 'http://127.0.0.1'], /name one place to check/],
  ['instances of a stage', ['cpu', '--stage', 'prod'], /a stage has several instances/],
  ['a stage that is not there', ['predictions', '--stage', 'production'], /has no stage "production"/],
  ['no package', ['predictions', '-H', '127.0.0.1'], /name the model package/],
  ['a package that is not there', ['predictions', '-H', '127.0.0.1', '--model', 'nowhere'], /nowhere/],
  ['a check that is none', ['memry'], /'memry' is invalid/],
  ['an option that is none', ['memory', '--hots', 'a'], /unknown option/],
  ['a time-out that is none', ['memory', '-t', '0'], /greater than 0/],
  ['a time-out that no clock holds', ['memory', '-t', '1e12'], /at most 86400/],
  ['a certificate of plain HTTP', ['certificate', '-u', 'http://127.0.0.1'], /has no certificate/],
])('%s: UNKNOWN on one line', async (_, words, reason) => {
  const { status, stdout } = await slipway('check', ...words);
  expect(stdout).toMatch(/^SLIPWAY [A-Z]+ UNKNOWN - [^\n]+\n$/);
  expect(stdout).toMatch(reason);
  expect(status).toBe(3);
});

test.each([
  ['nothing listens', 'http://127.0.0.1:9', /nothing listens there/],
  // a label of 64 characters: no name server is asked, whose silence would be another answer
  ['a name that does not resolve', `https://${'x'.repeat(64)}.example`, /does not resolve; is the record deployed/],
])('%s: CRITICAL', async (_, url, reason) => {
  for (const check of ['predictions', 'latency', 'memory']) {
    const { status, stdout } = await slipway('check', check, '-u', url, '--model', EXAMPLE_MODEL);
    expect(stdout).toMatch(/^SLIPWAY [A-Z]+ CRITICAL - [^\n]+\n$/);
    expect(stdout).toMatch(reason);
    expect(status).toBe(2);
  }
});

test('what answers something else is critical, and its text begins no performance data', async () => {
  const url = await answering((_, response) => {
    response.statusCode = 503;
    response.end('OK | differing=0\nSLIPWAY PREDICTIONS OK');
  });
  for (const check of ['predictions', 'latency', 'memory']) {
    const { status, stdout } = await slipway('check', check, '-u', url, '--model', EXAMPLE_MODEL);
    expect(stdout).toMatch(/^SLIPWAY [A-Z]+ CRITICAL - [^\n|]+\n$/);
    expect(status).toBe(2);
  }
});

test('an endpoint that never answers is critical in time', async () => {
  const url = await answering(() => {});
  const { status, stdout } = await slipway('check', 'memory', '-u', url, '-t', '0.5');
  expect(stdout).toMatch(/^SLIPWAY MEMORY CRITICAL - .*no answer within/);
  expect(status).toBe(2);
});

test('another package than the one that should be served is critical', async () => {
  const golden = JSON.parse(readFileSync(join(EXAMPLE_MODEL, 'golden.json'), 'utf8'));
  let [predict, proba] = [0, 0];
  const url = await answering((request, response) => {
    if (request.url!.startsWith('/v2/models')) return response.end('{"versions": ["0123456789ab"]}');
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      const count = JSON.parse(text).data.length;
      const result =
        request.url === '/predict'
          ? golden.predict.slice(predict, (predict += count))
          : golden.predict_proba.slice(proba, (proba += count));
      response.end(JSON.stringify({ result }));
    });
    return response;
  });
  const { status, stdout } = await slipway('check', 'predictions', '-u', url, '--model', EXAMPLE_MODEL);
  expect(stdout).toMatch(/CRITICAL - it serves breast-cancer 0123456789ab, not breast-cancer [0-9a-f]{12}; 32 of 32/);
  expect(status).toBe(2);
});
