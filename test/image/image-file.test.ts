import { daysOld, imageFor, imagesText, type PinnedImage, parseImages } from '../../lib/image/image-file';
import { thrownBy } from '../../testing/error-of';

const image: PinnedImage = {
  region: 'eu-west-1',
  architecture: 'arm64',
  parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
  id: 'ami-0123456789abcdef0',
  name: 'al2023-ami-2023.9.20261102.0-kernel-6.1-arm64',
  created: '2026-11-02',
};
const other: PinnedImage = { ...image, region: 'ap-east-1', id: 'ami-0fedcba9876543210' };

test('is written in an order of its own, one image a line, and read back', () => {
  const text = imagesText([image, other]);
  expect(text).toBe(imagesText([other, image]));
  expect(text.split('\n').filter((line) => line.includes('ami-0'))).toHaveLength(2);
  expect(parseImages(text, 'slipway.image.json')).toEqual([other, image]);
});

test('has the image of a region and parameter, and of no other', () => {
  expect(imageFor([image, other], { region: 'eu-west-1', parameter: image.parameter })).toBe(image);
  expect(imageFor([image, other], { region: 'eu-west-2', parameter: image.parameter })).toBeUndefined();
  expect(imageFor([image], { region: 'eu-west-1', parameter: `${image.parameter}x` })).toBeUndefined();
});

test('counts whole days since the image was made', () => {
  expect(daysOld(image, new Date('2026-11-02T23:00:00Z'))).toBe(0);
  expect(daysOld(image, new Date('2027-01-02T01:00:00Z'))).toBe(61);
});

test.each([
  ['no JSON', '{', /JSON/],
  ['no AMI id', imagesText([{ ...image, id: 'ami-1; rm -rf /' }]), /images\.0\.id: must be the id of an AMI/],
  ['no date', imagesText([{ ...image, created: 'yesterday' }]), /images\.0\.created/],
  ['no region', imagesText([{ ...image, region: 'eu-wset-1' }]), /images\.0\.region: must be a region/],
  ['no public parameter', imagesText([{ ...image, parameter: '/mine' }]), /images\.0\.parameter/],
  ['one twice', imagesText([image, image]), /is there twice/],
  ['another version', '{ "schemaVersion": 2, "images": [] }', /schemaVersion/],
])('refuses a file with %s, and says where', (_, text, problem) => {
  const error = thrownBy(() => parseImages(text, 'slipway.image.json'));
  expect(error).toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('"slipway image" writes one') });
  expect(error.problems.join('\n')).toMatch(problem);
});
