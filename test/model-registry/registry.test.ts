import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseBucketFile, withLocalFiles } from '../../bin/project/bucket-files';
import { parseConfig } from '../../lib/config/load';
import { sha256 } from '../../lib/model/formats/digest';
import { readModelPackage } from '../../lib/model/package/model-package';
import {
  fetchedPackage,
  isFetched,
  type PackageAddress,
  packageAddressText,
  parseBucketPlace,
  parsePackageAddress,
} from '../../lib/model/package/package-address';
import { Bucket } from '../../lib/model-registry/bucket';
import { pull } from '../../lib/model-registry/pull';
import { push } from '../../lib/model-registry/push';
import { versions } from '../../lib/model-registry/versions';
import { versionsText } from '../../lib/report';
import { errorOf } from '../../testing/error-of';
import { FakeBucket } from '../../testing/fake-bucket';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from '../bin/run-slipway';

const MODEL = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');
const PLACE = parseBucketPlace('s3://models/cancer');
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};
const before = { ...process.env };
const cwd = process.cwd();
let fake: FakeBucket;
let bucket: Bucket;
let said: string[];

beforeEach(async () => {
  fake = new FakeBucket('models');
  said = [];
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: await fake.start() });
  process.chdir(temporaryFolder());
  const { CloudFormationClient } =
    require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
  bucket = new Bucket('models', new CloudFormationClient({}).config, 1);
});

afterEach(async () => {
  process.chdir(cwd);
  for (const name of [...Object.keys(ENVIRONMENT), 'AWS_ENDPOINT_URL']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await fake.stop();
});

const onProgress = (text: string) => said.push(text);
const pushed = (folder = MODEL, options = {}) => push(folder, PLACE, bucket, { onProgress, ...options });

describe('push', () => {
  test('stores each file once, the manifest last, with its checksum', async () => {
    const { address, known } = await pushed();
    expect(known).toBe(false);
    expect(address).toEqual({ ...PLACE, digest: readModelPackage(MODEL).digest });
    const puts = fake.asked.filter((asked) => asked.startsWith('PUT'));
    expect(puts.at(-1)).toBe(`PUT cancer/${address.digest}/manifest.json`);
    expect([...fake.objects.keys()].map((key) => key.split('/').at(-1)).sort()).toEqual(
      expect.arrayContaining(['golden.json', 'manifest.json', 'model.onnx', 'profile.json']),
    );
    fake.asked.length = 0;
    expect((await pushed()).known).toBe(true);
    expect(fake.asked.every((asked) => asked.startsWith('HEAD'))).toBe(true);
  });

  test('of a large file goes in parts, which are checked one by one', async () => {
    await pushed(MODEL, { partBytes: 300 });
    const key = [...fake.objects.keys()].find((each) => each.endsWith('model.onnx'))!;
    expect(fake.objects.get(key)!.body).toEqual(readFileSync(join(MODEL, 'model.onnx')));
    expect(fake.uploads.size).toBe(0);
    expect(said.filter((text) => text.startsWith('model.onnx: sent ')).length).toBeGreaterThan(1);
    expect((await pushed(MODEL, { partBytes: 300 })).known).toBe(true);
  });

  test('replaces nothing, and removes the parts of what failed', async () => {
    const { address } = await pushed();
    const key = `cancer/${address.digest}/profile.json`;
    fake.objects.set(key, { body: Buffer.from('{}'), headers: {} });
    const error = await errorOf(pushed());
    expect(error).toMatchObject({
      code: 'E_FILE',
      message: expect.stringMatching(/profile.json: is there with another content/),
    });
    expect(String(fake.objects.get(key)!.body)).toBe('{}');
    fake.objects.clear();
    const put = fake.uploads.set.bind(fake.uploads);
    fake.uploads.set = (id, upload) => {
      fake.trouble.push({ status: 403, code: 'AccessDenied' });
      return put(id, upload);
    };
    expect((await errorOf(pushed(MODEL, { partBytes: 2000 }))).message).toMatch(
      /PUT answered 403 AccessDenied; it takes s3:PutObject/,
    );
    expect(fake.uploads.size).toBe(0);
  });

  test('says how to encrypt', async () => {
    await pushed(MODEL, { encryptionKey: 'alias/models' });
    const headers = [...fake.objects.values()].map((object) => object.headers);
    for (const each of headers) {
      expect(each).toMatchObject({
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'alias/models',
      });
    }
  });

  test('needs a profile, and metrics that are numbers', async () => {
    const folder = join(temporaryFolder(), 'model');
    cpSync(MODEL, folder, { recursive: true });
    writeFileSync('metrics.json', '{"auc": "high"}');
    expect((await errorOf(pushed(folder, { metrics: 'metrics.json' }))).code).toBe('E_INPUT');
    rmSync(join(folder, 'profile.json'));
    expect((await errorOf(pushed(folder))).message).toMatch(/has not been profiled yet/);
    expect(fake.objects.size).toBe(0);
  });
});

describe('requests', () => {
  test('are tried again where that may help, and follow the bucket to its region', async () => {
    fake.trouble.push({ status: 503, code: 'SlowDown' }, { status: 500 });
    fake.trouble.push({ status: 400, headers: { 'x-amz-bucket-region': 'ap-southeast-2' } });
    expect((await pushed()).known).toBe(false);
    fake.trouble.push(...Array.from({ length: 4 }, () => ({ status: 503, code: 'SlowDown' })));
    expect((await errorOf(pushed())).message).toMatch(/^s3:\/\/models\/cancer\/.*: HEAD answered 503/);
  });

  test('without credentials say so', async () => {
    const credentials = () => Promise.reject(new Error('Could not load credentials from any providers'));
    const { CloudFormationClient } =
      require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
    const config = { ...new CloudFormationClient({}).config, region: () => Promise.resolve('eu-west-1'), credentials };
    const error = await errorOf(new Bucket('models', config, 1).send({ method: 'GET', key: 'x' }));
    expect(error).toMatchObject({ code: 'E_AWS', message: expect.stringContaining('Could not load credentials') });
  });
});

describe('pull', () => {
  test('fetches a package into the folder of its digest, once', async () => {
    const { address } = await pushed();
    expect(isFetched(address)).toBe(false);
    const read = await pull(address, bucket, onProgress);
    expect(read.directory).toBe(fetchedPackage(address.digest));
    expect(read.digest).toBe(address.digest);
    expect(isFetched(address)).toBe(true);
    expect(readFileSync(join(read.directory, 'profile.json'))).toEqual(readFileSync(join(MODEL, 'profile.json')));
  });

  test.each([
    ['model.onnx', /model.onnx has SHA-256 .*not the package that was pushed/],
    ['manifest.json', /its manifest has SHA-256 .*not the package that was pushed/],
  ])('refuses a %s that is another, and leaves none', async (file, expected) => {
    const { address } = await pushed();
    const key = `cancer/${address.digest}/${file}`;
    const body = Buffer.from(fake.objects.get(key)!.body);
    body[10]! ^= 1;
    fake.objects.set(key, { body, headers: {} });
    const error = await errorOf(pull(address, bucket, onProgress));
    expect(error).toMatchObject({ code: 'E_PACKAGE', message: expect.stringMatching(expected) });
    expect(existsSync(join(fetchedPackage(address.digest), file))).toBe(false);
    expect(isFetched(address)).toBe(false);
  });

  test('refuses a file that is longer than the manifest says', async () => {
    const { address } = await pushed();
    fake.objects.set(`cancer/${address.digest}/model.onnx`, { body: Buffer.alloc(1_000_000), headers: {} });
    expect((await errorOf(pull(address, bucket, onProgress))).code).toBe('E_LIMIT');
  });

  test('says when there is none', async () => {
    const address: PackageAddress = { ...PLACE, digest: '0'.repeat(64) };
    expect((await errorOf(pull(address, bucket, onProgress))).message).toMatch(
      /: is not there; "slipway versions" lists/,
    );
  });
});

test('versions lists what is there over several pages, and what is none of ours', async () => {
  writeFileSync('metrics.json', '{"auc": 0.93456}');
  const { address } = await pushed(MODEL, { metrics: 'metrics.json' });
  fake.objects.set(`cancer/${'f'.repeat(64)}/manifest.json`, { body: Buffer.from('{}'), headers: {} });
  fake.objects.set('cancer/notes.txt', { body: Buffer.from('x'), headers: {} });
  fake.pageKeys = 2;
  const found = await versions(PLACE, bucket);
  expect(found).toHaveLength(2);
  expect(found.find(({ digest }) => digest === address.digest)).toMatchObject({
    name: 'breast-cancer',
    verified: true,
    metrics: { auc: 0.93456 },
    cpuMicroseconds: expect.any(Number),
  });
  const text = versionsText(PLACE, found, [
    { stage: 'prod', digest: address.digest },
    { stage: 'dev', unknown: 'the stack is not there' },
  ]);
  expect(text).toMatch(/^s3:\/\/models\/cancer: 2 packages\nversion +pushed +model/);
  expect(text).toMatch(
    new RegExp(`${address.digest.slice(0, 12)}  2026-11-30  breast-cancer: \\w+ +\\d+ hold .* auc 0.9346 +prod`),
  );
  expect(text).toContain('of a form that this version of Slipway does not read');
  expect(text).toContain('dev: not known: the stack is not there');
});

test('an address in slipway.yaml is planned without files in git, and offline once it is fetched', async () => {
  const { address } = await pushed();
  const text = readFileSync(join(DEPLOYMENT_FIXTURES, 'slipway.yaml'), 'utf8');
  writeFileSync('slipway.yaml', text.replace(/^model:.*$/m, `model: ${packageAddressText(address)}`));
  const first = await slipway('plan', '--stage', 'dev', '--json');
  expect(first.stderr).toContain(`fetching ${packageAddressText(address)}`);
  expect(first.status).toBe(0);
  fake.asked.length = 0;
  const second = await slipway('plan', '--stage', 'dev', '--json');
  expect([second.status, second.stdout]).toEqual([0, first.stdout]);
  expect(fake.asked).toEqual([]);
});

describe('addresses', () => {
  const digest = 'a'.repeat(64);
  test.each([
    ['s3://models/a/b@sha256:', { bucket: 'models', prefix: 'a/b' }],
    ['s3://models@sha256:', { bucket: 'models', prefix: '' }],
  ])('%s... is one', (start, place) => {
    const address = parsePackageAddress(`${start}${digest}`)!;
    expect(address).toEqual({ ...place, digest });
    expect(packageAddressText(address)).toBe(`${start}${digest}`);
  });

  test.each(['s3://models/a', 's3://models/../b@sha256:', 's3://Models/a@sha256:', 's3://models/a b@sha256:'])(
    '%s is none, and slipway.yaml says what one is',
    (text) => {
      const written = text.endsWith(':') ? `${text}${digest}` : text;
      expect(parsePackageAddress(written)).toBeUndefined();
      expect(() => parseConfig(`model: "${written}"\nstages: {}\n`, 'slipway.yaml')).toThrow(
        expect.objectContaining({
          problems: expect.arrayContaining([
            expect.stringMatching(/^slipway.yaml:1: model must be s3:\/\/bucket\/prefix@sha256: and/),
          ]),
        }),
      );
    },
  );

  test('of a model file carry its digest', () => {
    expect(parseBucketFile(`s3://models.of.ours/a b/model.joblib#sha256=${digest}`)).toEqual({
      bucket: 'models.of.ours',
      key: 'a b/model.joblib',
      sha256: digest,
    });
    expect(() => parseBucketFile('s3://models/model.joblib')).toThrow(/has no digest, so whoever may write/);
    expect(() => parseBucketFile('s3://models')).toThrow(/is no file in a bucket/);
    expect(() => parseBucketPlace('s3://models/a/..')).toThrow(/is no place in a bucket/);
  });

  test('of a model file are fetched, held against the digest, and gone afterwards', async () => {
    const body = Buffer.from('a model');
    fake.objects.set('in/ridge.skops', { body, headers: {} });
    const address = (sha256: string) => `s3://models/in/ridge.skops#sha256=${sha256}`;
    const used = ([path]: readonly string[]) => Promise.resolve([path!, readFileSync(path!, 'utf8')]);
    const [path, content] = await withLocalFiles([address(sha256(body))], onProgress, used);
    expect([basename(path!), content, existsSync(path!)]).toEqual(['ridge.skops', 'a model', false]);
    expect(said).toEqual(['fetching s3://models/in/ridge.skops']);
    expect((await errorOf(withLocalFiles([address(digest)], onProgress, used))).message).toContain(`and not ${digest}`);
  });
});
