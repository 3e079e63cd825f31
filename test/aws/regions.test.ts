import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PARTITIONS, partitionOf, REGIONS } from '../../lib/aws/regions';

test('the regions and their partitions are those that the CDK knows, without the isolated clouds', () => {
  const known = RegionInfo.regions.filter(({ partition }) => !partition!.startsWith('aws-iso'));
  expect(REGIONS).toEqual(known.map(({ name }) => name).sort());
  for (const { name, partition } of known) expect(partitionOf(name)!.name).toBe(partition);
  expect(new Set(REGIONS).size).toBe(PARTITIONS.flatMap(({ regions }) => regions).length);
});
