/** AWS's own schemas, which the CDK has for the validation of templates and which take seconds to load. */
import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { parseConfig } from '../../lib/config/load';
import { synthesise } from '../../lib/stacks/refusals';
import { configuration } from '../config/configuration';
import { testingApp } from '../testing-app';

const domain = '{ name: b.example.com, zone: example.com, zoneId: Z0123456789 }';
const config = parseConfig(configuration({}, { name: 'prod', domain }), 'slipway.yaml');

test("what AWS's own schemas refuse of a property is told with the line of its stage", () => {
  const app = testingApp({ validate: true });
  const stack = new Stack(new Stage(app, 'prod', { env: { region: 'eu-west-1' } }), 'Stack');
  new CfnResource(stack, 'Instance', { type: 'AWS::EC2::Instance', properties: { ImageId: 'ami-12' } });
  expect(() => synthesise(app, config)).toThrow(
    expect.objectContaining({
      code: 'E_CONFIG',
      problems: [
        expect.stringMatching(
          /:10: stages\.prod would be refused by CloudFormation: ImageId: 'ami-12' .* prod\/Stack\/Instance\)$/,
        ),
      ],
    }),
  );
}, 60_000);
