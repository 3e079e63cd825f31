/** What keeps an endpoint, with AWS's interfaces played by this test. */

import type { StackEvent } from '../../lambda/verification/custom-resource';
import { protect, stackPolicy } from '../../lambda/verification/protection';
import type { Protected } from '../../lib/model/stage/deployment';

const settings: Protected = { loadBalancer: 'arn:balancer', attributes: [], on: true, kept: ['Balancer', 'Bucket'] };

async function told(
  RequestType: StackEvent['RequestType'],
  change: Partial<Protected> = {},
  failing: Record<string, string> = {},
) {
  const sent: unknown[] = [];
  const lines: string[] = [];
  const client = {
    send: (command: { constructor: { name: string }; input: unknown }) => {
      const name = failing[command.constructor.name];
      if (name !== undefined) return Promise.reject(Object.assign(new Error(`it is ${name}`), { name }));
      sent.push(command.input);
      return Promise.resolve({});
    },
  };
  const ResourceProperties = { Task: 'protect', Settings: JSON.stringify({ ...settings, ...change }) };
  const event = { RequestType, StackId: 'arn:stack', ResourceProperties } as unknown as StackEvent;
  const clients = { balancer: client, stacks: client } as unknown as Parameters<typeof protect>[1];
  const attributes = await protect(event, clients, (line) => lines.push(line));
  return { sent, attributes, lines };
}

const attribute = (Value: string) => ({
  LoadBalancerArn: 'arn:balancer',
  Attributes: [{ Key: 'deletion_protection.enabled', Value }],
});

test.each(['Create', 'Update'] as const)(
  '%s: the load balancer is protected, and the stack has a policy',
  async (type) => {
    const { sent, attributes } = await told(type);
    expect(sent).toEqual([attribute('true'), { StackName: 'arn:stack', StackPolicyBody: expect.any(String) }]);
    expect(attributes).toEqual({ StackPolicy: 'set' });
    expect(JSON.parse((sent[1] as { StackPolicyBody: string }).StackPolicyBody).Statement[1]).toEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: ['Update:Replace', 'Update:Delete'],
      Resource: ['LogicalResourceId/Balancer', 'LogicalResourceId/Bucket'],
    });
  },
);

test('protect: false takes both away, while the function may still do so', async () => {
  const { sent, attributes } = await told('Update', { on: false });
  expect(sent).toEqual([attribute('false'), { StackName: 'arn:stack', StackPolicyBody: stackPolicy([]) }]);
  expect(JSON.parse(stackPolicy([])).Statement).toEqual([
    { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
  ]);
  expect(attributes).toEqual({ StackPolicy: 'open' });
});

test('a stack that goes, or a first deployment that is rolled back, can delete its load balancer, also one that is gone', async () => {
  expect((await told('Delete')).sent).toEqual([attribute('false')]);
  const gone = { ModifyLoadBalancerAttributesCommand: 'LoadBalancerNotFoundException' };
  expect(await told('Delete', {}, gone)).toMatchObject({ sent: [], attributes: {} });
  await expect(told('Delete', {}, { ModifyLoadBalancerAttributesCommand: 'AccessDenied' })).rejects.toThrow(
    'AccessDenied',
  );
  await expect(told('Create', {}, gone)).rejects.toThrow('NotFound');
});

test('a stack that takes no policy while it changes does not fail the deployment, and tells why there is none', async () => {
  const { sent, attributes, lines } = await told('Create', {}, { SetStackPolicyCommand: 'ValidationError' });
  expect(sent).toEqual([attribute('true')]);
  expect(attributes.StackPolicy).toBe('not set: ValidationError: it is ValidationError');
  expect(lines).toEqual([expect.stringContaining('the policy of the stack was not set')]);
});

test('a load balancer that other models share is left to its own stack, also when this model goes', async () => {
  const policy = { StackName: 'arn:stack', StackPolicyBody: expect.any(String) };
  expect((await told('Update', { loadBalancer: undefined })).sent).toEqual([policy]);
  expect((await told('Delete', { loadBalancer: undefined })).sent).toEqual([]);
});
