import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../../lib/config/load';
import { ModelEndpoint } from '../../lib/constructs/model-endpoint';
import { addStages } from '../../lib/stacks/slipway-app';
import { FUNCTION_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { endpointStack, exampleProps } from '../constructs/endpoint-template';
import { exampleModel, groupPlan } from '../constructs/example-plan';
import { EXAMPLE_CONFIG } from '../example';
import { standIns, testingApp } from '../testing-app';

function checkedApp(): App {
  const app = testingApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

test('the AwsSolutions rules find nothing in any stage that is not acknowledged with a reason', () => {
  const app = checkedApp();
  addStages(app, loadConfig(EXAMPLE_CONFIG), standIns());
  app.synth();
});

test('nor do they in stages that are functions', () => {
  const app = checkedApp();
  addStages(app, loadConfig(variantsConfig(FUNCTION_VARIANTS)), standIns());
  app.synth();
});

test('nor do they in an endpoint of several models', () => {
  const stack = endpointStack();
  const app = App.of(stack) as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const access = { apiKeys: '/credit/keys', deploymentKey: '/credit/deployment-key' };
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: groupPlan, access });
  const { runtime, handler } = standIns();
  endpoint.addVariant('challenger', { model: exampleModel, runtime, handler, weight: 10 });
  app.synth();
});

test('nor do they in an endpoint with a warm pool', () => {
  const stack = endpointStack();
  Validations.of(App.of(stack) as App).addPlugins(new AwsSolutionsChecks(stack));
  const warmPool = { prepared: 7, stopped: 4, startSeconds: 90, launchSeconds: 180 };
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: { ...groupPlan, warmPool } });
  (App.of(stack) as App).synth();
});

test('the rules are in force: they find a bucket without access logs', () => {
  const app = checkedApp();
  new Bucket(new Stack(app, 'Stack'), 'Bucket');
  expect(() => app.synth()).toThrow(/server access logs disabled/);
});
