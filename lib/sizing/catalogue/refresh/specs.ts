/** Specs and offerings of instance types, from the EC2 API of the user's account. */
import {
  type EC2Client,
  type InstanceTypeInfo,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import type { Accelerator, TypeRow } from '../contents';
import { isZoneId } from '../file';

const PAGE = 100; // the most that DescribeInstanceTypes gives at once
const OFFERINGS_PAGE = 1000;

function acceleratorOf({
  GpuInfo,
  NeuronInfo,
  InferenceAcceleratorInfo,
  FpgaInfo,
  MediaAcceleratorInfo,
}: InstanceTypeInfo) {
  const first =
    GpuInfo?.Gpus?.[0] ??
    NeuronInfo?.NeuronDevices?.[0] ??
    InferenceAcceleratorInfo?.Accelerators?.[0] ??
    FpgaInfo?.Fpgas?.[0] ??
    MediaAcceleratorInfo?.Accelerators?.[0];
  if (!first) return undefined;
  const memoryMiB = first.MemoryInfo?.SizeInMiB ?? 1;
  // a part of a card has count 0
  return { count: Math.max(1, first.Count ?? 1), name: first.Name ?? 'accelerator', memoryMiB } satisfies Accelerator;
}

const thousandths = (value: number) => Number(value.toFixed(3));

/** A type as a row, or undefined for one that runs no Linux of ours or cannot be launched on demand. */
function rowOf(info: InstanceTypeInfo, zones: readonly string[]): TypeRow | undefined {
  const { InstanceType: name, ProcessorInfo, VCpuInfo, MemoryInfo, NetworkInfo, EbsInfo } = info;
  const architecture = (['x86_64', 'arm64'] as const).find((known) =>
    ProcessorInfo?.SupportedArchitectures?.includes(known),
  );
  const card = NetworkInfo?.NetworkCards?.[NetworkInfo.DefaultNetworkCardIndex ?? 0];
  const networkGbps = card?.BaselineBandwidthInGbps;
  const { DefaultVCpus: vCpus, DefaultCores, DefaultThreadsPerCore = 1 } = VCpuInfo ?? {};
  if (!name || !architecture || !vCpus || !MemoryInfo?.SizeInMiB || !networkGbps) return undefined;
  if (!info.SupportedUsageClasses?.includes('on-demand')) return undefined;
  // bare metal takes many minutes to start, and a server of its own is never the cheapest place for one model
  if (info.BareMetal) return undefined;
  const accelerator = acceleratorOf(info);
  return {
    name,
    architecture,
    vCpus,
    cores: DefaultCores ?? vCpus / DefaultThreadsPerCore,
    memoryMiB: MemoryInfo.SizeInMiB,
    networkGbps: thousandths(networkGbps),
    ebsMBps: thousandths(EbsInfo?.EbsOptimizedInfo?.BaselineThroughputInMBps ?? 0),
    zones,
    ...(accelerator && { accelerator }),
  };
}

/**
 * All types that the region of the client offers in its own availability zones, without prices.
 *
 * @param keepPrevious whether a type of a previous generation is kept
 */
export async function describeTypes(client: EC2Client, keepPrevious: (name: string) => boolean): Promise<TypeRow[]> {
  const zones = new Map<string, string[]>();
  const offered = { LocationType: 'availability-zone-id', MaxResults: OFFERINGS_PAGE } as const;
  for await (const page of paginateDescribeInstanceTypeOfferings({ client }, offered)) {
    for (const { InstanceType: name, Location: zone } of page.InstanceTypeOfferings ?? []) {
      if (name && zone && isZoneId(zone)) zones.set(name, [...(zones.get(name) ?? []), zone]);
    }
  }
  const rows: TypeRow[] = [];
  for await (const page of paginateDescribeInstanceTypes({ client }, { MaxResults: PAGE })) {
    for (const info of page.InstanceTypes ?? []) {
      const offers = zones.get(info.InstanceType ?? '');
      if (!offers || !(info.CurrentGeneration || keepPrevious(info.InstanceType!))) continue;
      const row = rowOf(info, [...new Set(offers)].sort());
      if (row) rows.push(row);
    }
  }
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}
