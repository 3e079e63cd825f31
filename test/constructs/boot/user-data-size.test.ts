import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Token } from 'aws-cdk-lib';
import { LONGEST_SIGNAL_URL, mostBytes } from '../../../lib/constructs/boot/user-data-size';
import { ModelEndpoint } from '../../../lib/constructs/model-endpoint';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { endpointStack, endpointTemplate, exampleProps } from '../endpoint-template';
import { singlePlan } from '../example-plan';

test.each<[unknown, number]>([
  ['abc', 3],
  ['é', 2],
  [{ Ref: 'AWS::AccountId' }, 12],
  [{ Ref: 'LogGroup' }, 512],
  [{ 'Fn::Join': ['', ['abc', { Ref: 'AWS::AccountId' }]] }, 15],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own notation
  [{ 'Fn::Sub': 's3://assets-${AWS::AccountId}-x' }, 26],
  [{ 'Fn::GetAtt': ['A', 'Arn'] }, 512],
])('%j has at most %d bytes', (value, bytes) => expect(mostBytes(value)).toBe(bytes));

test('user data beyond what EC2 takes is refused when the template is made: it has all where a name is known to AWS alone', () => {
  const handler = temporaryFolder();
  mkdirSync(handler, { recursive: true });
  for (let i = 0; i < 40; i++) writeFileSync(join(handler, `${'x'.repeat(100)}${i}.cjs`), String(i));
  const stack = endpointStack();
  const domainName = Token.asString({ Ref: 'Name' });
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, handler, domainName });
  expect(() => App.of(stack)!.synth()).toThrow(/the user data has up to \d+ bytes, and EC2 takes 16384: .*domainName/);
});

test('nothing that a user may choose makes it longer than 4 KiB', () => {
  const claim = (start: string) => start + '"'.repeat(512 - start.length);
  const { template } = endpointTemplate({
    plan: singlePlan,
    domainName: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(49)}.example.com`,
    access: {
      apiKeys: `/${'k'.repeat(939)}`,
      jwt: { issuer: claim('https://'), audience: claim('a'), keySet: `/${'s'.repeat(939)}`, scope: '%'.repeat(128) },
    },
  });
  const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')) as [
    { Properties: { LaunchTemplateData: { UserData: { 'Fn::Base64': unknown } } } },
  ];
  const [handle] = Object.keys(template.findResources('AWS::CloudFormation::WaitConditionHandle'));
  const userData = Properties.LaunchTemplateData.UserData['Fn::Base64'];
  expect(mostBytes(userData, { [handle!]: LONGEST_SIGNAL_URL })).toBeLessThan(4 * 1024 + 512);
});
