import { withRemedy } from '../../lib/aws/remedies';

test.each([
  ['CredentialsProviderError', 'Could not load credentials from any providers', /; sign in to its account/],
  ['', 'answered 400 ExpiredToken', /; sign in to its account/],
  ['', 'answered 403 InvalidAccessKeyId', /; sign in to its account/],
  ['AccessDenied', 'User a is not authorized to perform cloudformation:DescribeStacks', /; whoever asks needs/],
  ['ValidationError', 'Stack with id prod-endpoint does not exist', /; deploy the stage first/],
  ['ThrottlingException', 'Rate exceeded', /; AWS was asked several times/],
  ['Error', 'getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com', /; AWS is not reached from here/],
])('%s %s says what to do', (name, text, remedy) => {
  expect(withRemedy(text, name)).toMatch(remedy);
});

test('what nobody knows is told as it is', () => {
  expect(withRemedy('Something new', 'Odd')).toBe('Something new');
});
