// The test of a project that `cdk init` made, with its set-up of jest; `proof:package` puts it there.
import { templateSnapshot } from '@slipway-ml/slipway/testing';
import { Template } from 'aws-cdk-lib/assertions';
import * as cdk from 'aws-cdk-lib/core';
import { ClaimsStack } from '../lib/claims-stack';

test('a snapshot shows what changes', () => {
  const template = Template.fromStack(new ClaimsStack(new cdk.App(), 'Claims'));
  template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 1);
  expect(templateSnapshot(template.toJSON())).toMatchSnapshot();
});
