/** `slipway check` as Nagios calls it: a process that ends in time with one line, whatever happens. */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { EXAMPLE_MODEL } from '../example';

const LAUNCHER = join(__dirname, '../../bin/launcher.js');

function check(...words: string[]): Promise<{ status: number | null; stdout: string; seconds: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, [LAUNCHER, 'check', ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  return new Promise((resolve) =>
    child.once('close', (status) => resolve({ status, stdout, seconds: (performance.now() - began) / 1000 })),
  );
}

test('an endpoint that takes connections and says nothing', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { status, stdout } = await check('memory', '-u', url, '-t', '1');
  server.close();
  expect(stdout).toMatch(/^SLIPWAY MEMORY CRITICAL - [^\n]+\n$/);
  expect(status).toBe(2);
});

test.each(['memory', 'predictions', 'latency', 'certificate'])(
  '%s of an endpoint that sends a byte now and then',
  async (name) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // a whole answer of HTTP never, and a record of TLS of 16 KiB that never ends
      socket.write(
        name === 'certificate' ? Buffer.from([22, 3, 3, 0x40, 0]) : 'HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n',
      );
      const timer = setInterval(() => socket.write('\u0002'), 50);
      socket.once('close', () => clearInterval(timer));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const scheme = name === 'certificate' ? 'https' : 'http';
    const { status, stdout } = await check(
      name,
      '-u',
      `${scheme}://127.0.0.1:${port}`,
      '--model',
      EXAMPLE_MODEL,
      '-t',
      '2',
    );
    server.close();
    expect(stdout).toMatch(new RegExp(`^SLIPWAY ${name.toUpperCase()} CRITICAL - [^\\n]+\\n$`));
    expect(status).toBe(2);
  },
);

test('the clock ends a check that has not even begun', async () => {
  const { status, stdout } = await check('memory', '-H', '127.0.0.1', '-t', '0.01');
  expect(stdout).toBe('SLIPWAY MEMORY CRITICAL - no result within 0.01 s\n');
  expect(status).toBe(2);
});

test('a command line that is wrong', async () => {
  const { status, stdout } = await check('memory', '-H', '127.0.0.1', '-w', '90', '-c', '80', '-t', '60');
  expect(stdout).toMatch(/^SLIPWAY MEMORY UNKNOWN - [^\n]+contradict[^\n]+\n$/);
  expect(status).toBe(3);
});
