/** What the CDK refuses reaches a person as a mistake in slipway.yaml, with its line and without a stack trace. */
import { CfnResource, Stack, Stage, Validations } from 'aws-cdk-lib';
import { parseConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';
import { inStage, synthesise } from '../../lib/stacks/refusals';
import { addStages } from '../../lib/stacks/slipway-app';
import { configuration } from '../config/configuration';
import { EXAMPLE_CONFIG } from '../example';
import { standIns, testingApp } from '../testing-app';

const PATH = EXAMPLE_CONFIG; // models are relative to it; the file itself is not read
const config = parseConfig(
  configuration(
    {},
    { name: 'prod', domain: '{ name: 1.example.com, zone: example.com, zoneId: Z0123456789 }' },
  ).replace('models/m', 'models/breast-cancer'),
  PATH,
);

function refusal(run: () => unknown): SlipwayError {
  try {
    run();
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return error;
  }
  throw new Error('nothing was refused');
}

test('a stage that the CDK refuses is told with its line', () => {
  const app = testingApp();
  const { code, message } = refusal(() => inStage(config, 'prod', () => new Stack(app, 'S', { stackName: '1' })));
  expect(code).toBe('E_CONFIG');
  expect(message).toMatch(/slipway\.yaml:10: stages\.prod is refused by the CDK: Stack name must match/);
});

test('a construct that is there already is told so', () => {
  const app = testingApp();
  new Stage(app, 'dev');
  expect(refusal(() => inStage(config, 'dev', () => new Stage(app, 'dev'))).message).toMatch(
    /:6: stages\.dev is refused by the CDK: There is already/,
  );
});

test('a fault of ours is not taken for a mistake of the user', () => {
  const fault = () => inStage(config, 'dev', () => (undefined as unknown as { x: { y: number } }).x.y);
  expect(fault).toThrow(TypeError);
});

describe('when the assembly is written', () => {
  function refused(make: (stack: Stack) => void): SlipwayError {
    const app = testingApp();
    make(new Stack(new Stage(app, 'prod', { env: { region: 'eu-west-1' } }), 'Stack'));
    return refusal(() => synthesise(app, config));
  }

  test('the checks of constructs are told one by one', () => {
    const { code, problems } = refused((stack) =>
      stack.node.addValidation({ validate: () => ['is too long', 'is too wide'] }),
    );
    expect(code).toBe('E_CONFIG');
    expect(problems).toEqual([
      expect.stringMatching(/slipway\.yaml:10: stages\.prod cannot be deployed: is too long$/),
      expect.stringMatching(/slipway\.yaml:10: stages\.prod cannot be deployed: is too wide$/),
    ]);
  });

  test('so is a limit of CloudFormation', () => {
    const { problems } = refused((stack) => {
      for (let i = 0; i < 501; i++) new CfnResource(stack, `R${i}`, { type: 'AWS::SNS::Topic' });
    });
    expect(problems).toEqual([
      expect.stringMatching(/:10: stages\.prod is refused by the CDK: .* 501 is greater than allowed maximum of 500/),
    ]);
  });

  test('so is a template that is larger than CloudFormation takes, which the CDK would upload', () => {
    const { problems } = refused((stack) => {
      const properties = { DisplayName: 'x'.repeat(10_000) };
      for (let i = 0; i < 100; i++) new CfnResource(stack, `R${i}`, { type: 'AWS::SNS::Topic', properties });
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /:10: stages\.prod cannot be deployed: the template of prod-Stack has 10\d{5} bytes, and CloudFormation takes 1000000; spread/,
      ),
    ]);
  });

  // refusals.slow.test.ts has AWS's own schemas refuse one, which takes seconds to load them
  test('so is what the validation of templates refuses of a property', () => {
    const { problems } = refused((stack) => {
      const { node } = new CfnResource(stack, 'Instance', { type: 'AWS::EC2::Instance' });
      const violation = { ruleName: 'E1', description: "ImageId: 'ami-12' is none" };
      const report = (severity: string) => ({
        ...violation,
        severity,
        violatingResources: [{ constructPath: node.path, locations: [] }],
      });
      const validate = () => ({ success: false, violations: ['error', 'fatal', 'warning'].map(report) });
      Validations.of(node.root).addPlugins({ name: 'stands in for the one of the CDK', validate });
    });
    const told = expect.stringMatching(
      /:10: stages\.prod would be refused by CloudFormation: ImageId: 'ami-12' is none \(rule E1, prod\/Stack\/Instance\)$/,
    );
    expect(problems).toEqual([told, told]);
  });
});

test('a name that begins with a digit is deployed, and long ones too', () => {
  const app = testingApp();
  addStages(app, config, standIns());
  synthesise(app, config);
});

test.each([
  [
    'budget: 1 USD/month',
    'E_INFEASIBLE',
    /^\S*slipway\.yaml:10: stages\.dev\.budget: the budget of 1\.00 USD\/month is too small/,
  ],
  ['traffic: { p99: 1ms }', 'E_INFEASIBLE', /^\S*slipway\.yaml:10: stages\.dev\.traffic: no fleet/],
])('%s is told with its line', (line, code, expected) => {
  const asked = parseConfig(configuration({ more: [line] }).replace('models/m', 'models/breast-cancer'), PATH);
  const error = refusal(() => addStages(testingApp(), asked, standIns()));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(expected);
});

test('a model that is not there is told with its line', () => {
  const asked = parseConfig(configuration({}).replace('models/m', 'models/none'), PATH);
  const { code, message } = refusal(() => addStages(testingApp(), asked, standIns()));
  expect(code).toBe('E_PACKAGE');
  expect(message).toMatch(/slipway\.yaml:1: model: .*models\/none: does not exist/);
});
