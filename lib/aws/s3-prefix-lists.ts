/**
 * Ids of the prefix lists of S3, the addresses that its gateway endpoint leads to: one of AWS's own in each region, the same in
 * every account.
 *
 * As `aws ec2 describe-prefix-lists` printed them in public notes of all regions of 2018, and in templates and route tables of
 * others up to 2026; read 2026-11-30. A region of which no two of them tell the same is not here.
 */
const S3_PREFIX_LISTS: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'pl-61a54008',
  'ap-northeast-2': 'pl-78a54011',
  'ap-northeast-3': 'pl-a4a540cd',
  'ap-south-1': 'pl-78a54011',
  'ap-southeast-1': 'pl-6fa54006',
  'ap-southeast-2': 'pl-6ca54005',
  'ca-central-1': 'pl-7da54014',
  'eu-central-1': 'pl-6ea54007',
  'eu-north-1': 'pl-c3aa4faa',
  'eu-west-1': 'pl-6da54004',
  'eu-west-2': 'pl-7ca54015',
  'eu-west-3': 'pl-23ad484a',
  'sa-east-1': 'pl-6aa54003',
  'us-east-1': 'pl-63a5400a',
  'us-east-2': 'pl-7ba54012',
  'us-west-1': 'pl-6ba54002',
  'us-west-2': 'pl-68a54001',
};

/** Undefined where it is not known, as for a region that AWS alone knows. */
export const s3PrefixList = (region: string): string | undefined =>
  Object.hasOwn(S3_PREFIX_LISTS, region) ? S3_PREFIX_LISTS[region] : undefined;
