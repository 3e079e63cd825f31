// The stack of a project that `cdk init --language javascript` made; `proof:package` puts it there.
const { ModelEndpoint } = require('@slipway-ml/slipway');
const { Stack } = require('aws-cdk-lib/core');
const { HostedZone } = require('aws-cdk-lib/aws-route53');

class ClaimsStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, { ...props, env: { region: 'eu-west-1', account: '111111111111' } });
    const hostedZone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      zoneName: 'example.com',
      hostedZoneId: 'Z0EXAMPLE0000000',
    });
    new ModelEndpoint(this, 'Model', {
      model: 'models/claims',
      traffic: { requestsPerSecond: 20, p99Ms: 100, availability: 'single' },
      domainName: 'claims.example.com',
      hostedZone,
      notify: 'none',
    });
  }
}

module.exports = { ClaimsStack };
