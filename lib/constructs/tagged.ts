import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Types to which aws-cdk-lib would give tags, and whose schemas in CloudFormation have had none for most of their time. */
const UNTAGGED = [
  'AWS::CloudWatch::Dashboard',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
];

/** A tag on a construct and all that is within it. */
export function tagged(construct: IConstruct, name: string, value: string): void {
  Tags.of(construct).add(name, value, { excludeResourceTypes: UNTAGGED });
}
