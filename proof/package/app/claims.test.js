// The test of a project that `cdk init --language javascript` made; `proof:package` puts it there.
const { Template } = require('aws-cdk-lib/assertions');
const { App } = require('aws-cdk-lib/core');
const { ClaimsStack } = require('../lib/claims-stack');

test('an endpoint has its instances', () => {
  const template = Template.fromStack(new ClaimsStack(new App(), 'Claims'));
  template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 1);
});
