import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

test('verify --variant asks that variant, and no other', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const named = await slipway('verify', url, '--model', EXAMPLE_MODEL, '--variant', 'challenger');
    expect(named.status).toBe(1);
    await slipway('verify', url, '--model', EXAMPLE_MODEL);
    expect(asked.map((headers) => headers['x-amzn-sagemaker-target-variant'])).toEqual(['challenger', undefined]);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test.each(['a b', '', 'x\r\nhost: elsewhere'])(
  'verify --variant %j is refused before anything is sent',
  async (name) => {
    const { status, stderr } = await slipway(
      'verify',
      'http://127.0.0.1:9',
      '--model',
      EXAMPLE_MODEL,
      '--variant',
      name,
    );
    expect(stderr).toMatch(/E_USAGE: --variant takes the name of a variant/);
    expect(status).toBe(2);
  },
);
