// A CDK app of somebody who has installed the package; `proof:package` compiles and runs it.
import { ModelEndpoint } from '@slipway-ml/slipway';
import { SlipwayError } from '@slipway-ml/slipway/model';
import { type PackOptions, pack } from '@slipway-ml/slipway/packaging';
import { createModelServer, type ModelServer } from '@slipway-ml/slipway/serving';
import { sizingPlan } from '@slipway-ml/slipway/sizing';
import { addStages, loadConfig, slipwayApp } from '@slipway-ml/slipway/stacks';
import { templateSnapshot } from '@slipway-ml/slipway/testing';
import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';

const app = new App();
const stack = new Stack(app, 'Claims', { env: { region: 'eu-west-1', account: '111111111111' } });
const endpoint = new ModelEndpoint(stack, 'Model', {
  model: 'models/claims',
  traffic: { requestsPerSecond: 20, p99Ms: 100, availability: 'single' },
  domainName: 'claims.example.com',
  notify: 'none',
  certificate: Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012',
  ),
});

const { plan } = endpoint.addVariant('challenger', { model: 'models/claims', weight: 10 });

const template = templateSnapshot(app.synth().getStackByName('Claims'));
const types = Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
const packs: (options: PackOptions) => Promise<unknown> = pack;
const serves: (options: { models: [string] }) => Promise<ModelServer> = createModelServer;
const functions = [packs, serves, sizingPlan, addStages, loadConfig, slipwayApp, SlipwayError.is];
console.log(
  JSON.stringify({
    groups: types.filter((type) => type === 'AWS::AutoScaling::AutoScalingGroup').length,
    instanceTypes: [endpoint.plan, plan].map(({ choice }) => choice.instanceType),
    functions: functions.filter((each) => typeof each === 'function').length,
  }),
);
