/** The instances: the autoscaling group and its launch template, against the sizing plan. */
import { DescribeAutoScalingGroupsCommand, DescribePoliciesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import type { Report } from '../../report';
import { byType, digestsIn, type SynthesisedStack } from '../assembly';
import type { StageUnderProof } from '../stage';

export async function checkFleet(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  await checkGroup(report, stage, stack);
  const { LaunchTemplateData } = stack.resources[byType(stack, 'AWS::EC2::LaunchTemplate')[0]!]!.Properties as {
    LaunchTemplateData: { UserData: unknown };
  };
  report.equal(
    digestsIn(await bootScript(stage, stack)),
    digestsIn(JSON.stringify(LaunchTemplateData.UserData)),
    `${stage.name}: instances boot with the digests of the template`,
  );
}

/** The user data that a new instance of the stage gets, as text. */
export async function bootScript(stage: StageUnderProof, stack: SynthesisedStack): Promise<string> {
  const group = await autoScalingGroup(stage, stack);
  const data = await launchTemplateData(stage, group?.LaunchTemplate?.LaunchTemplateId, group?.LaunchTemplate?.Version);
  return decode(data?.UserData);
}

async function checkGroup(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  const { instances, choice, zones, healthCheckGraceSeconds } = stage.plan;
  const { scalingTargetCpuPercent, scalingTargetRequestsPerMinute } = stage.plan;
  const group = await autoScalingGroup(stage, stack);
  report.equal(
    [group?.MinSize, group?.MaxSize],
    [instances.minimum, Math.max(instances.maximum, instances.minimum + 1)],
    `${stage.name}: the group has the bounds of the plan (${instances.minimum} to ${instances.maximum}), and room to replace one`,
  );
  report.check(
    (group?.DesiredCapacity ?? 0) >= instances.minimum,
    `${stage.name}: the group wants at least its minimum`,
    `desired ${group?.DesiredCapacity}`,
  );
  report.equal(group?.Instances?.length, group?.DesiredCapacity, `${stage.name}: the group has started its instances`);
  report.equal(
    [group?.HealthCheckType, group?.HealthCheckGracePeriod],
    ['ELB', healthCheckGraceSeconds],
    `${stage.name}: the load balancer's health counts after the grace period of the plan`,
  );
  const SubnetIds = group?.VPCZoneIdentifier?.split(',') ?? [];
  const { Subnets = [] } = await stage.aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds }));
  report.equal(
    new Set(Subnets.map((subnet) => subnet.AvailabilityZone)).size,
    zones,
    `${stage.name}: the group spreads over the zones of the plan`,
  );
  const { LaunchTemplateId, Version } = group?.LaunchTemplate ?? {};
  const data = await launchTemplateData(stage, LaunchTemplateId, Version);
  report.equal(data?.InstanceType, choice.instanceType, `${stage.name}: instances are of the type of the plan`);
  report.equal(data?.MetadataOptions?.HttpTokens, 'required', `${stage.name}: instances insist on IMDSv2`);
  report.equal(
    data?.BlockDeviceMappings?.map(({ Ebs }) => [Ebs?.Encrypted, Ebs?.VolumeSize]),
    [[true, stage.plan.volumeGiB]],
    `${stage.name}: the volume is encrypted and of the size of the plan`,
  );
  if (instances.maximum > instances.minimum) {
    const { ScalingPolicies } = await stage.aws.autoScaling.send(
      new DescribePoliciesCommand({ AutoScalingGroupName: group?.AutoScalingGroupName }),
    );
    report.equal(
      ScalingPolicies?.map((policy) => policy.TargetTrackingConfiguration?.TargetValue),
      [scalingTargetCpuPercent ?? scalingTargetRequestsPerMinute],
      `${stage.name}: the group follows the target of the plan`,
    );
  }
}

async function autoScalingGroup(stage: StageUnderProof, stack: SynthesisedStack) {
  const [logicalId = ''] = byType(stack, 'AWS::AutoScaling::AutoScalingGroup');
  const name = (await stage.created(stack)).get(logicalId)?.physicalId;
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: name ? [name] : [] });
  return (await stage.aws.autoScaling.send(command)).AutoScalingGroups?.[0];
}

/** The template that the group launches from, and what it has launched. */
export async function launched(stage: StageUnderProof, stack: SynthesisedStack) {
  const group = await autoScalingGroup(stage, stack);
  return {
    version: group?.LaunchTemplate?.Version,
    instances: (group?.Instances ?? []).map(({ InstanceId }) => InstanceId!),
  };
}

async function launchTemplateData(stage: StageUnderProof, id: string | undefined, version: string | undefined) {
  if (!id || !version) return undefined;
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
  return (await stage.aws.ec2.send(command)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
}

function decode(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
