import { endpointUrl, isReadOnTheWay, shownUrl } from '../../lambda/verification/endpoint-url';

test.each([
  ['credit.example.com', 'https://credit.example.com/'],
  ['localhost:8443', 'https://localhost:8443/'],
  ['HTTP://h/path', 'http://h/path'],
])('%s is %s', (text, expected) => {
  expect(endpointUrl(text).href).toBe(expected);
});

test.each(['ftp://x', 'file:///etc/passwd', 'http://', '', 'a b', 'https://h/?x=1', 'https://h/#x'])(
  '%j is refused',
  (text) => {
    expect(() => endpointUrl(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  },
);

test('user, password and query are never shown', () => {
  expect(shownUrl(new URL('https://me:secret@h:8443/path?key=secret#secret'))).toBe('https://h:8443/path');
});

test.each([
  ['http://example.com', true],
  ['http://10.0.0.1', true],
  ['http://localhost.example.com', true],
  ['http://127.0.0.1.example.com', true],
  ['https://example.com', false],
  ['http://localhost:8080', false],
  ['http://127.0.0.1', false],
  ['http://[::1]:80', false],
])('what goes to %s can be read on the way: %s', (url, expected) => {
  expect(isReadOnTheWay(new URL(url))).toBe(expected);
});
