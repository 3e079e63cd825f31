import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PARTITIONS, partitionOf, REGIONS, regionProblem } from '../../lib/aws/regions';

test('the regions and their partitions are those that the CDK knows, without the isolated clouds', () => {
  const known = RegionInfo.regions.filter(({ partition }) => !partition!.startsWith('aws-iso'));
  expect(REGIONS).toEqual(known.map(({ name }) => name).sort());
  for (const { name, partition } of known) expect(partitionOf(name)!.name).toBe(partition);
  expect(new Set(REGIONS).size).toBe(PARTITIONS.flatMap(({ regions }) => regions).length);
});

test.each([
  ['eu-wset-1', 'eu-west-1'],
  ['US-EAST-2', 'us-east-2'],
  [' ap-south-1', 'ap-south-1'],
])('a region that is written "%s" is told how it is spelt', (written, meant) => {
  expect(regionProblem(written)).toBe(`must be an AWS region; did you mean ${meant}?`);
});
