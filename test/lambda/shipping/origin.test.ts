import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageAgeDays, zoneOf } from '../../../lambda/shipping/origin';
import { temporaryFolder } from '../../../testing/temporary-folder';

function written(text: string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, text);
  return path;
}

test('an instance stands in the zone that cloud-init was told', () => {
  expect(zoneOf(written('{"v1": {"availability_zone": "eu-west-1b", "region": "eu-west-1"}}'))).toBe('eu-west-1b');
});

test.each(['', '{}', '{"v1": {}}', '{"v1": {"availability_zone": null}}', '{"v1": {"availability_zone": ""}}', '[1'])(
  'where nothing says the zone, none is told: %s',
  (text) => expect(zoneOf(written(text))).toBeUndefined(),
);

/** As an instance of Amazon Linux 2023 has it. */
const IMAGE_ID = `image_name="al2023-ami"
image_version="2023"
image_arch="x86_64"
image_file="al2023-ami-2023.3.20240205.2-kernel-6.1-x86_64.xfs.gpt"
image_stamp="ef0e-5871"
image_date="20240206172131"
recipe_name="al2023 ami"
`;

test.each([
  [0, '2024-02-06T18:00:00Z'],
  [0, '2024-01-01T00:00:00Z'], // a clock that is wrong
  [60, '2024-04-06T23:00:00Z'],
  [61, '2024-04-07T01:00:00Z'],
])('the image is %d days old on %s', (days, now) => {
  expect(imageAgeDays(Date.parse(now), written(IMAGE_ID))).toBe(days);
});

test('an image that does not say when it was made has no age', () => {
  expect(imageAgeDays(0, written('image_name="mine"\n'))).toBeUndefined();
  expect(imageAgeDays(0, join(temporaryFolder(), 'missing'))).toBeUndefined();
});
