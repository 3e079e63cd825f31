/** Models of a stage share one service of PrivateLink, on the bill of what they share. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { loadConfig } from '../../lib/config/load';
import { sharedDoor } from '../../lib/sizing/bill/shared-door';
import { addStages } from '../../lib/stacks/slipway-app';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

function stageOf(privateLink: string) {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const lines = [
    'models:',
    `  screening: { model: ${EXAMPLE_MODEL} }`,
    `  loan: { model: ${EXAMPLE_MODEL} }`,
    'defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: none } }',
    'stages:',
    '  dev:',
    '    { account: "111111111111", region: eu-west-1, availability: single, internal: true,',
    `      domain: { name: models.example.com, zone: example.com, zoneId: Z0123456789PROD }${privateLink} }`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return addStages(testingApp(), loadConfig(path), standIns())[0]!;
}

test('models share one service, which is billed once', () => {
  const [linked, plain] = [', privateLink: { allowedPrincipals: ["222222222222"] }', ''].map(stageOf);
  const template = Template.fromStack(linked!.frontDoor!);
  template.resourceCountIs('AWS::EC2::VPCEndpointService', 1);
  template.hasOutput('PrivateLinkService', {});
  for (const { endpoint } of linked!.endpoints) {
    expect(endpoint.plan.cost.lines.map(({ item }) => item)).not.toContain('network load balancer of PrivateLink');
  }
  const [withIt, without] = [linked!, plain!].map(({ endpoints }) =>
    sharedDoor(endpoints.map(({ endpoint }) => endpoint.plan)),
  );
  const [line, balancer] = ['network load balancer of PrivateLink', 'load balancer'].map((name) =>
    withIt!.cost.lines.find(({ item }) => item === name),
  );
  expect(line).toMatchObject({ quantity: 1, usdPerMonth: balancer!.usdPerMonth });
  expect(withIt!.cost.usdPerMonth - without!.cost.usdPerMonth).toBeCloseTo(line!.usdPerMonth, 2);
});
