import { Stack } from 'aws-cdk-lib';
import { ModelEndpoint } from '../../../lib/constructs/model-endpoint';
import { testingApp } from '../../testing-app';
import { exampleProps } from '../endpoint-template';
import { groupPlan } from '../example-plan';

test('an app with an account is synthesised without a question to AWS, and its stack knows its zones afterwards', () => {
  const app = testingApp();
  const stack = new Stack(app, 'Own', { env: { account: '111111111111', region: 'eu-west-1' } });
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: groupPlan });
  expect(app.synth().manifest.missing).toBeUndefined();
  expect(stack.availabilityZones).toEqual(['dummy1a', 'dummy1b', 'dummy1c']); // what the CDK has until it has asked
});
