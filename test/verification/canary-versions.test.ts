/** A canary whose release serves several versions: golden rows of each are sent to it, and to it alone. */
import { join } from 'node:path';
import type { Answer, StackEvent } from '../../lambda/verification/custom-resource';
import { judge } from '../../lambda/verification/function';
import { writeVerificationBundle } from '../../lib/artifacts/verification-bundle';
import { readModelPackage } from '../../lib/model/package/model-package';
import { type Judged, VARIANT_HEADER } from '../../lib/model/stage/deployment';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { Account, settings, Watch } from './canary-account';

const mockAsked = new Map<string, unknown>();
let mockWrong: string | undefined;
jest.mock('../../lambda/verification/replay', () => ({
  ...jest.requireActual<object>('../../lambda/verification/replay'),
  verifyEndpoint: async (_: URL, { digest }: { digest: string }, trust: { headers: object }) => {
    mockAsked.set(digest, trust.headers);
    if (digest !== mockWrong) return { rows: 1, outputs: 1, differences: [] };
    return { rows: 1, outputs: 1, differences: [{ row: 0, output: 'predict', expected: 1, actual: 0 }] };
  },
}));

const own = readModelPackage(EXAMPLE_MODEL);
const other = readModelPackage(LOAN_MODEL); // any package that has golden rows

async function deployed(): Promise<Answer[]> {
  const watch = new Watch();
  const folder = temporaryFolder();
  writeVerificationBundle(folder, own, [other]);
  const answers: Answer[] = [];
  const judged = { url: 'https://credit.example.com', endpoint: 'credit.example.com', p99Ms: 50, canary: settings };
  await judge({
    stacks: { send: (async () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS', Outputs: [] }] })) as never },
    canary: () => new Account(watch).clients,
    packageFolder: join(folder, 'package'),
    clock: watch,
    respond: async (_, answer) => void answers.push(answer),
    write: () => {},
  })({
    RequestType: 'Update',
    StackId: 'stack',
    ResourceProperties: { Task: 'canary', Settings: JSON.stringify(judged as Judged), Last: 'true' },
  } as unknown as StackEvent);
  return answers;
}

beforeEach(() => mockAsked.clear());

test('it is promoted when those of all hold', async () => {
  mockWrong = undefined;
  expect(await deployed()).toEqual([{ data: expect.objectContaining({ State: expect.stringContaining('done') }) }]);
  expect([...mockAsked.keys()].sort()).toEqual([own.digest, other.digest].sort());
  for (const headers of mockAsked.values()) expect(headers).toMatchObject({ [VARIANT_HEADER]: settings.variant });
});

test('it is withdrawn for a version beside that of the file, too', async () => {
  mockWrong = other.digest;
  expect(await deployed()).toEqual([
    { reason: expect.stringMatching(/^the canary was withdrawn: .*golden rows do not/) },
  ]);
});
