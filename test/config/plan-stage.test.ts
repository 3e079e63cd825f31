import { parseConfig } from '../../lib/config/load';
import { planStage } from '../../lib/config/plan-stage';
import { thrownBy } from '../../testing/error-of';
import { manifestOf, steadyProfile } from '../../testing/sizing/examples';

const text = (traffic: string, further: string) => `model: models/credit
stages:
  prod:
    region: us-east-1
    availability: zone
    traffic: { ${traffic} }
    monitoring: { notify: none }
    domain: { name: credit.example.com, zone: example.com, zoneId: Z0123456789PROD }
    ${further}
`;

test.each([
  ['instances', 'requestsPerSecond: 5, p99: 100ms', 'instances: { families: [t4g], architecture: x86_64 }', 9],
  ['budget', 'requestsPerSecond: 5, p99: 100ms', 'budget: 1 USD/month', 9],
  ['traffic', 'requestsPerSecond: 5, p99: 3ms', 'http: closed', 6],
])('what %s leave nothing for is told with its line', (_, traffic, further, line) => {
  const config = parseConfig(text(traffic, further), 'slipway.yaml');
  const error = thrownBy(
    () => planStage(config, config.stages[0]!, { profile: steadyProfile(4), manifest: manifestOf() }),
    'E_INFEASIBLE',
  );
  expect(error.message).toMatch(new RegExp(`^slipway\\.yaml:${line}: `));
});
