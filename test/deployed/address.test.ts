import { deployedUrl } from '../../lib/deployed/address';

const stack = (answer: object | Error) => ({
  send: (async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  }) as never,
});

test('the address is an output of the stack', async () => {
  const Outputs = [{ OutputKey: 'Url', OutputValue: 'https://d1.cloudfront.net' }];
  await expect(deployedUrl('credit', stack({ Stacks: [{ Outputs }] }))).resolves.toBe('https://d1.cloudfront.net');
});

test.each([
  [new Error('Stack with id credit does not exist'), 'or name the URL'],
  [{ Stacks: [{ Outputs: [] }] }, 'its first deployment is not through'],
])('without one it is said why', async (answer, why) => {
  await expect(deployedUrl('credit', stack(answer))).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringContaining(why),
  });
});
