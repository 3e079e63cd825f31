/**
 * A CDK app of somebody's own with an endpoint of several models, as `docs/guide/package.md` shows it.
 *
 * Its context: `proof:model`, `proof:variants` as JSON of weights by name, `proof:zone` with the id of example.com.
 */
import { Stack, Stage } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ModelEndpoint } from '../../lib/constructs';
import { slipwayApp } from '../../lib/stacks/slipway-app';

const app = slipwayApp();
const context = (key: string) => String(app.node.getContext(`proof:${key}`));
const stage = new Stage(app, context('stage'), { env: { region: context('region') } });
const stack = new Stack(stage, 'Endpoint');
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  zoneName: 'example.com',
  hostedZoneId: context('zone'),
});
const endpoint = new ModelEndpoint(stack, 'Model', {
  model: context('model'),
  traffic: { requestsPerSecond: 20, p99Ms: 100, availability: 'single' },
  domainName: 'variants.example.com',
  hostedZone: zone,
  notify: ['ops@example.com'],
});
for (const [name, weight] of Object.entries(JSON.parse(context('variants')) as Record<string, number>)) {
  endpoint.addVariant(name, { model: context('model'), weight });
}
app.synth();
