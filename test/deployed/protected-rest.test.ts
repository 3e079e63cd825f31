/** A stage called prod is protected: what its next deployment needs when the first has failed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stacksOf } from '../../lib/deployed/assembly';
import { preflight } from '../../lib/deployed/preflight';
import { protectedRest } from '../../lib/deployed/protected-rest';
import { temporaryFolder } from '../../testing/temporary-folder';

const STACK = 'screening-example-com-endpoint';
const LIFT = `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${STACK}`;

/** The assembly of a stage of one stack. */
function assembly(): string {
  const folder = join(temporaryFolder(), 'cdk.out');
  const inner = join(folder, 'assembly-prod');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, 'one.template.json'), JSON.stringify({ Resources: {} }));
  const stack = {
    type: 'aws:cloudformation:stack',
    displayName: 'prod/Endpoint',
    environment: 'aws://111111111111/eu-west-1',
    properties: { templateFile: 'one.template.json', stackName: STACK },
  };
  writeFileSync(join(inner, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts: { one: stack } }));
  const artifacts = { 'assembly-prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-prod' } } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts }));
  return folder;
}

/** CloudFormation with this stack, whose template had something that nothing is left of. */
const deployed = (StackStatus: string, EnableTerminationProtection: boolean) => ({
  send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: { StackName?: string } }) => {
    if (input.StackName !== undefined && input.StackName !== STACK) {
      throw Object.assign(new Error(`Stack with id ${input.StackName} does not exist`), { name: 'ValidationError' });
    }
    if (name === 'GetTemplateCommand') {
      return { TemplateBody: JSON.stringify({ Resources: { Old: { Type: 'AWS::EC2::VPC', Properties: {} } } }) };
    }
    return input.StackName === undefined ? {} : { Stacks: [{ StackStatus, EnableTerminationProtection }] };
  },
});

const found = async (state: string, protects: boolean) =>
  (await preflight('prod', stacksOf(assembly(), 'prod'), deployed(state, protects) as never)).map(({ text }) => text);

test.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'])(
  'a protected stack that could not be made, %s, is refused with the command that lets the next deployment remove it',
  async (state) => {
    expect(await found(state, true)).toEqual([expect.stringContaining(LIFT)]);
  },
);

test('what is left of a first deployment that failed keeps nothing: nothing of it is missed', async () => {
  expect(await found('ROLLBACK_COMPLETE', false)).toEqual([]);
});

test('a protected stack that runs is looked at as ever', async () => {
  expect(await found('UPDATE_ROLLBACK_COMPLETE', true)).toEqual([expect.stringMatching(/^the network \(Old\)/)]);
  const runs = { StackStatus: 'CREATE_COMPLETE', EnableTerminationProtection: true };
  expect(protectedRest(STACK, runs as never)).toBeUndefined();
});
