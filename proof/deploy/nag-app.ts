/**
 * The CDK app of bin/app.ts with cdk-nag's AwsSolutions rules and the built-in validation of templates;
 * a finding that is not acknowledged with a reason fails synthesis.
 *
 * With the context `proof:faulty` it is a stack instead that breaks a rule of each, to see that they look.
 */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
if (app.node.tryGetContext('proof:faulty')) addFaultyStack();
else addStages(app, loadConfig(app.node.tryGetContext('slipway:config')));
app.synth();

function addFaultyStack(): void {
  const stack = new Stack(app, 'Faulty');
  new CfnBucket(stack, 'BucketWithoutTls');
  new CfnListener(stack, 'ListenerWithoutCertificate', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/faulty/0123456789abcdef',
    port: 443,
    protocol: 'HTTPS',
    defaultActions: [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '404' } }],
  });
}
