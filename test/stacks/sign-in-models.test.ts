/** Several models behind a front door at which people sign in: the rule of each asks for it, on instances of its own and on a fleet. */
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { standIns, testingApp } from '../testing-app';

const SIGN_IN =
  'authenticate: { cognito: { userPool: "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbCdEfGhI", clientId: 1example23456789, domain: my-team }, paths: all }';
const MODELS = {
  titanic: 'rollout: { canary: 5 %, for: 10m }',
  iris: 'host: iris.example.com',
  billing: '',
};

type Resources = Readonly<
  Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
>;

const app = testingApp();
addStages(app, loadConfig(modelsConfig(MODELS, `${SIGN_IN}, fleets: { small: [iris, billing] }`)), standIns());
const stacks = new Map(
  app
    .synth()
    .stacksRecursively.map((stack) => [
      stack.hierarchicalId.replace('prod/', ''),
      (stack.template as { Resources: Resources }).Resources,
    ]),
);
const of = (stack: string, type: string) =>
  Object.values(stacks.get(stack)!).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

test.each([
  ['titanic', 2],
  ['small', 4],
])('each rule of %s has people sign in before a request goes on', (stack, count) => {
  const rules = of(stack, 'AWS::ElasticLoadBalancingV2::ListenerRule');
  expect(rules).toHaveLength(count);
  for (const { Actions } of rules) {
    expect(Actions).toMatchObject([{ Type: 'authenticate-cognito' }, { Type: 'forward', Order: 2 }]);
  }
});

test('a canary keeps the sign-in when it divides the requests', () => {
  const steps = of('titanic', 'Custom::SlipwayJudgement').filter(({ Task }) => Task === 'canary');
  for (const { Settings } of steps) expect(JSON.stringify(Settings)).toContain('authenticate-cognito');
});

test('the function that judges deployments cannot sign in, and does not look', () => {
  for (const stack of ['titanic', 'small']) {
    const judged = of(stack, 'Custom::SlipwayJudgement').filter(({ Task }) => Task === 'verify');
    for (const { Settings } of judged) expect(JSON.stringify(Settings)).toContain('\\"limited\\":true');
  }
});

test('the load balancer of all of them may call the provider', () => {
  expect(JSON.stringify(of('FrontDoor', 'AWS::EC2::SecurityGroup'))).toContain('"FromPort":443');
  const [group] = of('FrontDoor', 'AWS::EC2::SecurityGroup');
  expect(group!.SecurityGroupEgress).toMatchObject([{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }]);
});
