import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
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

test('the rules are in force: they find a bucket without access logs', () => {
  const app = checkedApp();
  new Bucket(new Stack(app, 'Stack'), 'Bucket');
  expect(() => app.synth()).toThrow(/server access logs disabled/);
});
