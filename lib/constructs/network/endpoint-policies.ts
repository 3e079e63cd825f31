/**
 * What may pass the endpoints of a network. Which objects an instance reads is in the policy of its role, exactly; an
 * endpoint adds that nobody passes with keys of another account, and nothing goes to a bucket of another account. The
 * objects are not named here as well: the network changes before the instances do, and stays when they roll back, so that
 * a list of objects would leave the running instances without their files.
 */
import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const anybody = () => new AnyPrincipal();

/** Calls of this account. */
export function ownAccount(scope: Construct): PolicyStatement {
  return new PolicyStatement({
    principals: [anybody()],
    actions: ['*'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(scope).account } },
  });
}

/**
 * S3: buckets of this account, by this account; the one of AWS that a boot needs, for the one thing that it does there.
 *
 * @param answers whether a function answers CloudFormation, too
 */
export function ownBuckets(scope: Construct, answers = false): PolicyStatement[] {
  const { account, region, partition } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: 'OwnBuckets',
      principals: [anybody()],
      actions: ['s3:*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } },
    }),
    new PolicyStatement({
      sid: 'SignalsToCloudFormation',
      principals: [anybody()],
      actions: ['s3:PutObject'],
      // pre-signed by CloudFormation: user guide, "Setting up VPC endpoints for CloudFormation"
      resources: [
        `arn:${partition}:s3:::cloudformation-waitcondition-${region}/*`,
        // its names end in the region without its hyphens, which a region that is not known yet cannot be rid of
        ...(answers ? [`arn:${partition}:s3:::cloudformation-custom-resource-response-*/*`] : []),
      ],
    }),
  ];
}
