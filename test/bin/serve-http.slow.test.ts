import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const LAUNCHER = join(__dirname, '../../bin/launcher.js');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

test('serve --http answers plain HTTP on this machine, and nobody else', async () => {
  const port = await freePort();
  const words = ['serve', EXAMPLE_MODEL, '--http', '--port', String(port)];
  const child = spawn(process.execPath, [LAUNCHER, ...words], { cwd: temporaryFolder() });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  while (!said.includes('Ctrl-C stops it') && child.exitCode === null) await setTimeout(100);
  try {
    expect(said).toContain(`serving breast-cancer on http://localhost:${port}`);
    expect(said).toContain(`curl http://localhost:${port}/predict -H`);
    expect((await fetch(`http://localhost:${port}/v2/health/ready`)).status).toBe(200);
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside) await expect(fetch(`http://${outside.address}:${port}/v2/health/ready`)).rejects.toThrow();
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
});
