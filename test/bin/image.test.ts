import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_FILE, imagesText, type PinnedImage } from '../../lib/image/image-file';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const asked: string[] = [];
let fault: Error | undefined;

jest.mock('../../lib/image/newest-image', () => ({
  newestImage: async (wanted: { region: string; parameter: string }) => {
    if (fault) throw fault;
    asked.push(wanted.region);
    return { ...wanted, id: 'ami-0aaaaaaaaaaaaaaaa', name: 'new', created: '2026-11-20' };
  },
}));

const stages = `model: models/breast-cancer
defaults:
  monitoring: { notify: none }
  availability: single
  traffic: { requestsPerSecond: 20, p99: 100ms }
stages:
  dev: { region: eu-west-1, domain: { name: dev.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 } }
  prod: { region: eu-west-1, domain: { name: prod.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 } }
  far: { region: us-east-1, domain: { name: far.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 } }
  own: { region: us-west-2, machineImage: ami-0123456789abcdef0, domain: { name: own.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 } }
`;

const pinned: PinnedImage = {
  region: 'eu-west-1',
  architecture: 'arm64',
  parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
  id: 'ami-0bbbbbbbbbbbbbbbb',
  name: 'old',
  created: '2001-01-01',
};

let home: string;

beforeAll(() => {
  home = process.cwd();
  const folder = temporaryFolder();
  cpSync(EXAMPLE_MODEL, join(folder, 'models/breast-cancer'), { recursive: true });
  writeFileSync(join(folder, 'slipway.yaml'), stages);
  process.chdir(folder);
});

afterAll(() => process.chdir(home));

beforeEach(() => {
  asked.length = 0;
  fault = undefined;
});

test('asks once for a region, leaves out what a stage names itself, writes the file and says what moved', async () => {
  const { status, stdout } = await slipway('image');
  expect(status).toBe(0);
  expect(asked).toEqual(['eu-west-1', 'us-east-1']);
  expect(stdout).toContain('eu-west-1, arm64: none -> ami-0aaaaaaaaaaaaaaaa (2026-11-20)');
  expect(JSON.parse(readFileSync(IMAGE_FILE, 'utf8')).images).toHaveLength(2);
  expect((await slipway('image')).stdout).toContain('the images that are pinned are the newest');
});

test('with --stage the images of the others stay', async () => {
  writeFileSync(IMAGE_FILE, imagesText([pinned]));
  await slipway('image', '--stage', 'far');
  const ids = JSON.parse(readFileSync(IMAGE_FILE, 'utf8')).images.map(({ id }: PinnedImage) => id);
  expect(ids).toEqual(['ami-0bbbbbbbbbbbbbbbb', 'ami-0aaaaaaaaaaaaaaaa']);
});

test('when AWS fails midway the file stays as it was', async () => {
  writeFileSync(IMAGE_FILE, imagesText([pinned]));
  fault = new Error('cut');
  expect((await slipway('image')).status).toBe(3);
  expect(readFileSync(IMAGE_FILE, 'utf8')).toBe(imagesText([pinned]));
});

test('--check fails for an old image and for one that is missing, and asks nobody', async () => {
  writeFileSync(IMAGE_FILE, imagesText([pinned]));
  const { status, stdout } = await slipway('image', '--check');
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /dev: ami-0bbbbbbbbbbbbbbbb \(old\) is \d{4,} days old, more than 60: run "node \S+launcher\.js image"/,
  );
  expect(stdout).toContain('far: no image is pinned');
  expect(asked).toEqual([]);
});

test('--check passes where all are young enough', async () => {
  writeFileSync(IMAGE_FILE, imagesText([pinned, { ...pinned, region: 'us-east-1' }]));
  const { status, stdout } = await slipway('image', '--check', '--older-than', '999999', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout).map(({ stage }: { stage: string }) => stage)).toEqual(['dev', 'prod', 'far']);
});

test('a damaged file is told, and not written over by a guess', async () => {
  writeFileSync(IMAGE_FILE, '{');
  expect((await slipway('image')).status).toBe(2);
  expect(existsSync(IMAGE_FILE) && readFileSync(IMAGE_FILE, 'utf8')).toBe('{');
});

test('models on one fleet have the image of its plan, also where one of them alone is beyond its budget', async () => {
  const config = join(__dirname, '../../examples/many-models/slipway.yaml');
  const { stdout } = await slipway('image', '--check', '--json', '--config', config);
  expect(JSON.parse(stdout)).toHaveLength(10);
});
