/** The regions of AWS, each with its partition: a cloud of its own, with accounts, names and consoles of its own. */
import { nearestOf } from '../model/text/nearest';

export interface Partition {
  /** As it stands in ARNs. */
  readonly name: string;
  /** Host of the console. */
  readonly console: string;
  readonly regions: readonly string[];
}

/**
 * Source: region table of aws-cdk-lib (a test compares), consoles from the user guides of the clouds. The isolated clouds
 * (aws-iso and its like) are left out: nothing here can be tried there.
 */
export const PARTITIONS: readonly Partition[] = [
  {
    name: 'aws',
    console: 'console.aws.amazon.com',
    regions: [
      'af-south-1',
      'ap-east-1',
      'ap-east-2',
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-south-2',
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'ap-southeast-5',
      'ap-southeast-6',
      'ap-southeast-7',
      'ca-central-1',
      'ca-west-1',
      'eu-central-1',
      'eu-central-2',
      'eu-north-1',
      'eu-south-1',
      'eu-south-2',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'il-central-1',
      'me-central-1',
      'me-south-1',
      'me-west-1',
      'mx-central-1',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
    ],
  },
  { name: 'aws-cn', console: 'console.amazonaws.cn', regions: ['cn-north-1', 'cn-northwest-1'] },
  { name: 'aws-us-gov', console: 'console.amazonaws-us-gov.com', regions: ['us-gov-east-1', 'us-gov-west-1'] },
  // the European sovereign cloud
  { name: 'aws-eusc', console: 'console.amazonaws-eusc.eu', regions: ['eusc-de-east-1'] },
];

export const REGIONS: readonly string[] = PARTITIONS.flatMap(({ regions }) => regions).sort();

/** The partition of a region, if it is known. */
export function partitionOf(region: string): Partition | undefined {
  return PARTITIONS.find(({ regions }) => regions.includes(region));
}

/** The region of an availability zone, by their names, e.g. eu-west-1 of eu-west-1a; undefined when it is no name of a zone. */
export function regionOfZone(zone: string): string | undefined {
  return /^([a-z]+(?:-[a-z]+)+-\d+)[a-z]$/.exec(zone)?.[1];
}

/** What is wrong with the name of a region, or undefined. */
export function regionProblem(region: string): string | undefined {
  if (REGIONS.includes(region)) return undefined;
  const nearest = nearestOf(region.trim().toLowerCase(), REGIONS);
  const meant = regionOfZone(region);
  if (meant !== undefined && REGIONS.includes(meant)) {
    return `must be an AWS region, and this is one of its availability zones; the region is ${meant}`;
  }
  return nearest === undefined
    ? 'must be an AWS region, e.g. eu-west-1'
    : `must be an AWS region; did you mean ${nearest}?`;
}

/** Host of the console of a region, in whose name the region comes first. */
export function consoleHost(region: string): string {
  return (partitionOf(region) ?? PARTITIONS[0]!).console;
}
