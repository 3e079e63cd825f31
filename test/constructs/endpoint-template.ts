/** An endpoint of the example plan in a stack of its own, as a template. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ModelEndpoint, type ModelEndpointProps } from '../../lib/constructs/model-endpoint';
import { standIns, testingApp } from '../testing-app';
import { exampleModel } from './example-plan';

export interface EndpointTemplate {
  readonly stack: Stack;
  readonly endpoint: ModelEndpoint;
  readonly template: Template;
}

/** Where the assets of a template are. */
const assemblies = new WeakMap<Template, string>();

/** @param props replace the defaults of the example, which has a hosted zone and one address to notify */
export function endpointTemplate(
  props: Partial<ModelEndpointProps> & Pick<ModelEndpointProps, 'plan'>,
): EndpointTemplate {
  const stack = endpointStack();
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), ...props });
  const template = Template.fromStack(stack);
  assemblies.set(template, App.of(stack)!.outdir);
  return { stack, endpoint, template };
}

/** Three zones, so that any plan fits. */
export function endpointStack(): Stack {
  class ThreeZones extends Stack {
    override get availabilityZones() {
      return ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
    }
  }
  return new ThreeZones(testingApp(), 'Stack', { env: { region: 'eu-west-1' } });
}

export function exampleProps(stack: Stack): Omit<ModelEndpointProps, 'plan'> {
  return {
    model: exampleModel,
    domainName: 'credit.example.com',
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
    notify: ['ops@example.com'],
    ...standIns(),
  };
}

/** Text of both boot scripts, with references in their JSON form. */
export function bootOf(template: Template): string {
  const userData = userDataOf(template);
  const [, asset] = /"s3:\/\/\$bucket\/"'(\w+\.sh)'/.exec(userData) ?? [];
  const folder = assemblies.get(template);
  return asset && folder ? `${userData}\n${readFileSync(join(folder, `asset.${asset}`), 'utf8')}` : userData;
}

/** Text of the user data of the launch template, with references in their JSON form. */
export function userDataOf(template: Template): string {
  const resources = Object.values(template.toJSON().Resources as Record<string, { Type: string; Properties: never }>);
  const found = resources.find(({ Type }) => Type === 'AWS::EC2::LaunchTemplate')!;
  const { LaunchTemplateData } = found.Properties as {
    LaunchTemplateData: { UserData: { 'Fn::Base64': { 'Fn::Join': [string, unknown[]] } } };
  };
  const userData = LaunchTemplateData.UserData;
  return userData['Fn::Base64']['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('');
}
