/**
 * The OpenAPI proof: the documents of several models are valid, and the handler keeps what they say. The validator is
 * openapi-spec-validator; the requests, those that fit the document and those that do not, are schemathesis's.
 *
 *     npm run proof:openapi [-- --examples 200]
 *
 * What no schema can say is not asked for: that the tensors of an inference request agree with each other and with the
 * model (schemathesis.toml), and an answer of a method that the model does not have.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { type Means, proveEveryModel } from '../serving/every-model';
import { startHandler } from '../serving/handler';
import type { ProofModel } from '../serving/models';

const DIRECTORY = resolve('.slipway/openapi-venv');

/** The same requests at every run; a failure can be looked at again. */
const SEED = 1;

type OpenApi = { readonly paths: Record<string, Record<string, { operationId: string; responses: object }>> };

/** Operations of methods that the model does not have: they refuse whatever is sent. */
function impossible({ paths }: OpenApi): string[] {
  return Object.values(paths).flatMap((path) =>
    Object.values(path)
      .filter(({ responses }) => responses && !Object.keys(responses).some((status) => status.startsWith('2')))
      .map(({ operationId }) => operationId),
  );
}

const { values } = parseArgs({ options: { examples: { type: 'string', default: '50' } } });

async function prove({ directory }: ProofModel, { report, folder, handler: bundle }: Means<unknown>): Promise<void> {
  const handler = await startHandler(bundle, { model: directory });
  try {
    const answer = await fetch(`${handler.url}/openapi.json`);
    const text = await answer.text();
    const file = join(folder, 'openapi.json');
    writeFileSync(file, text);
    const valid = await run([join(DIRECTORY, 'bin/openapi-spec-validator'), '--schema', '3.1', file]);
    report.check(
      valid.code === 0,
      'openapi-spec-validator finds the document valid',
      valid.code === 0 ? '' : valid.output.trim().slice(-300),
    );

    const excluded = impossible(JSON.parse(text) as OpenApi).flatMap((id) => ['--exclude-operation-id', id]);
    const tested = await run(
      [
        join(DIRECTORY, 'bin/schemathesis'),
        ...['--config-file', join(__dirname, 'schemathesis.toml')],
        ...['run', `${handler.url}/openapi.json`, '--no-color', '--generation-database', 'none'],
        ...['--seed', String(SEED), '--max-examples', values.examples, '--suppress-health-check', 'all', ...excluded],
      ],
      { cwd: folder },
    );
    const count = /(\d+) generated[^\n]*/.exec(tested.output)?.[0];
    report.check(tested.code === 0, 'schemathesis finds no answer that differs from the document', count ?? '');
    if (tested.code !== 0)
      console.log(
        tested.output
          .split('\n')
          .map((line) => line.slice(0, 400))
          .join('\n'),
      );
    const alive = await fetch(`${handler.url}/readyz`);
    report.equal(alive.status, 200, 'the handler is ready after that');
    const faults = handler.events.filter(({ level }) => level === 'error');
    report.equal(faults.slice(0, 3), [], 'and has logged no error');
  } finally {
    await handler.stop();
  }
}

const requirements = join(__dirname, 'requirements.txt');
proveEveryModel(
  'openapi',
  (progress) => virtualEnvironment({ requirements, directory: DIRECTORY, contents: 'schemathesis' }, progress),
  prove,
);
