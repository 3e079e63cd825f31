import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holds, verifyEndpoint } from '../../lambda/verification/replay';
import type { GoldenRows } from '../../lib/model/package/golden-file';
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import { EXAMPLE_MODEL } from '../example';

const modelPackage = readModelPackage(EXAMPLE_MODEL);
const golden = modelPackage.golden as GoldenRows;

/** An endpoint that answers whatever `answer` says for the golden rows it is sent. */
async function withEndpoint(
  answer: (route: string, rows: number[]) => { status?: number; body: unknown },
  check: (url: URL) => Promise<void>,
): Promise<void> {
  const keys = golden.inputs.map((row) => JSON.stringify(row));
  const server: Server = createServer((request, response) => {
    if (request.method === 'GET') {
      const versions = [modelPackage.digest.slice(0, 12)];
      response.end(JSON.stringify({ name: modelPackage.manifest.name, versions }));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: unknown[] };
      const rows = data.map((row) => keys.indexOf(JSON.stringify(row)));
      const { status = 200, body } = answer(request.url!, rows);
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await check(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('the rows of a model whose answers depend on each other are one request', async () => {
  const sent: number[] = [];
  const whole = { ...modelPackage, manifest: { ...modelPackage.manifest, batch: 'whole' as const } };
  await withEndpoint(
    (route, rows) => {
      sent.push(rows.length);
      return right(route, rows);
    },
    async (url) => {
      expect((await verifyEndpoint(url, whole)).differences).toEqual([]);
    },
  );
  expect(sent).toEqual([golden.inputs.length, golden.inputs.length]);
});

const right = (route: string, rows: number[]) => ({
  body: { result: rows.map((row) => (route === '/predict' ? golden.predict[row] : golden.predict_proba![row])) },
});

describe('verifyEndpoint', () => {
  test('holds when the endpoint answers what scikit-learn gave', () =>
    withEndpoint(right, async (url) => {
      const verification = await verifyEndpoint(url, modelPackage);
      expect(verification.differences).toEqual([]);
      expect(verification.rows).toBe(golden.inputs.length);
      expect(verification.maximumDifference).toBe(0);
      expect(verification.requestMs.length).toBeGreaterThan(2);
    }));

  test('reports a wrong label with its row', () =>
    withEndpoint(
      (route, rows) => {
        const answer = right(route, rows);
        if (route === '/predict' && rows.includes(3)) answer.body.result[rows.indexOf(3)] = 7;
        return answer;
      },
      async (url) => {
        const { differences } = await verifyEndpoint(url, modelPackage);
        expect(differences).toEqual([{ row: 3, method: 'predict', expected: golden.predict[3], got: 7 }]);
      },
    ));

  test('reports a probability that is off by more than the tolerance', () =>
    withEndpoint(
      (route, rows) =>
        route === '/predict'
          ? right(route, rows)
          : { body: { result: rows.map((row) => golden.predict_proba![row]!.map((p) => p! + 1e-6)) } },
      async (url) => {
        const { differences, maximumDifference } = await verifyEndpoint(url, modelPackage);
        expect(differences).toHaveLength(golden.inputs.length);
        expect(maximumDifference).toBeCloseTo(1e-6, 12);
      },
    ));

  test('keeps the path of an endpoint that is not at the root', () =>
    withEndpoint(
      (route, rows) => right(route.replace('/models/a', ''), rows),
      async (url) => {
        expect((await verifyEndpoint(new URL('/models/a', url), modelPackage)).differences).toEqual([]);
      },
    ));

  test.each([
    [
      'an error document',
      { status: 503, body: { detail: 'warming up' } },
      /\/predict: answered 503 instead of \d+ predictions: warming up/,
    ],
    ['too few answers', { body: { result: [1] } }, /answered 200 instead of \d+ predictions/],
    ['a page', { body: '<html>hello' }, /answered 200 with something that is not JSON: "<html>hello"/],
    ['null', { body: null }, /answered 200 instead of/],
  ])('%s is an error and not a difference', (_, answer, message) =>
    withEndpoint(
      () => answer,
      async (url) => {
        await expect(verifyEndpoint(url, modelPackage)).rejects.toMatchObject({
          code: 'E_UNREACHABLE',
          message: expect.stringMatching(message),
        });
      },
    ),
  );

  test('a server that sends a byte now and then is given up', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      setInterval(() => response.write(' '), 10).unref();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await expect(verifyEndpoint(url, modelPackage, { timeoutMs: 200 })).rejects.toMatchObject({
        code: 'E_UNREACHABLE',
        message: `${url.href}v2/models/breast-cancer: no whole answer within 0.2 s`,
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('a key does not go to another machine over plain HTTP, unless that is allowed', async () => {
    const url = new URL('http://endpoint.invalid');
    const trust = { key: 'secret', timeoutMs: 5000 };
    const refused = { code: 'E_USAGE', message: expect.stringMatching(/plain HTTP.*--key-over-http/) };
    await expect(verifyEndpoint(url, modelPackage, trust)).rejects.toMatchObject(refused);
    await expect(verifyEndpoint(new URL('http://me:secret@endpoint.invalid'), modelPackage)).rejects.toMatchObject(
      refused,
    );
    await expect(verifyEndpoint(url, modelPackage, { ...trust, keyOverHttp: true })).rejects.toMatchObject({
      code: 'E_UNREACHABLE',
    });
  });

  test('a key goes to this machine over plain HTTP', () =>
    withEndpoint(right, async (url) => {
      expect((await verifyEndpoint(url, modelPackage, { key: 'secret' })).differences).toEqual([]);
    }));

  test('a key with a line feed is refused without showing it', async () => {
    const failed = verifyEndpoint(new URL('https://endpoint.invalid'), modelPackage, { key: 'secret\n' });
    await expect(failed).rejects.toMatchObject({ code: 'E_USAGE', message: expect.not.stringContaining('secret') });
  });

  test('what an endpoint says instead of predictions is cut', () =>
    withEndpoint(
      () => ({ status: 500, body: { detail: 'x'.repeat(100_000) } }),
      async (url) => {
        const error = await verifyEndpoint(url, modelPackage).then(
          () => undefined,
          (reason) => reason,
        );
        expect((error as Error).message.length).toBeLessThan(500);
      },
    ));

  test('an endpoint that does not listen is named', async () => {
    let gone: URL | undefined;
    await withEndpoint(right, async (url) => {
      gone = url;
    });
    await expect(verifyEndpoint(gone!, modelPackage)).rejects.toThrow(/nothing listens there/);
  });

  test('an endpoint that says it serves another package is told of, though its answers are right', () =>
    withEndpoint(right, async (url) => {
      const { serves, differences } = await verifyEndpoint(url, { ...modelPackage, digest: '0'.repeat(64) });
      expect(serves).toBe(`breast-cancer ${modelPackage.digest.slice(0, 12)}`);
      expect(holds({ serves, differences })).toBe(false);
      expect(holds(await verifyEndpoint(url, modelPackage))).toBe(true);
    }));

  test('a package without golden rows cannot be verified', async () => {
    const { golden: _, ...unverified } = modelPackage;
    await expect(verifyEndpoint(new URL('http://127.0.0.1:1'), unverified as ModelPackage)).rejects.toMatchObject({
      code: 'E_PACKAGE',
    });
  });
});
