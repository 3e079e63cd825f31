import { FakeBucket } from '../../testing/fake-bucket';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const bucket = new FakeBucket('models-of-ours');
const cwd = process.cwd();
const environment = { ...process.env };

beforeAll(async () => {
  const endpoint = await bucket.start();
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: endpoint,
  };
  process.chdir(temporaryFolder());
});
afterAll(async () => {
  process.chdir(cwd);
  process.env = environment;
  await bucket.stop();
});

test('what was pushed is pulled, and with --json told to programs', async () => {
  const { address } = JSON.parse((await slipway('push', EXAMPLE_MODEL, 's3://models-of-ours/credit', '--json')).stdout);
  const pulled = await slipway('pull', address, '--json');
  expect([pulled.status, JSON.parse(pulled.stdout)]).toEqual([
    0,
    {
      directory: expect.stringMatching(/\.slipway\/packages\/[0-9a-f]{12}$/),
      name: 'breast-cancer',
      digest: address.split(':').at(-1),
    },
  ]);
  expect((await slipway('pull', address)).stdout).toMatch(
    /\.slipway\/packages\/\S+: breast-cancer, version [0-9a-f]{12}\n$/,
  );
});

test('credentials that AWS does not know are told with what to do', async () => {
  bucket.trouble.push({ status: 403, code: 'InvalidAccessKeyId' });
  const { stderr } = await slipway('versions', 's3://models-of-ours/credit');
  expect(stderr).toMatch(/answered 403 InvalidAccessKeyId; sign in to its account/);
});
