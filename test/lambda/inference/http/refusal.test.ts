import { HttpError, unavailable } from '../../../../lambda/inference/http/http-answer';

test('a refusal for want of time collects no stack, which would cost more than all else of it; other errors do', () => {
  expect(unavailable('deadline', 'too late', 1500)).toMatchObject({
    stack: 'Error: too late',
    status: 503,
    options: { headers: { 'retry-after': '2' } },
  });
  expect(new HttpError(400, 'input', 'wrong').stack).toContain('refusal.test.ts');
});
