import { isPrivate, isWithin, parseRange } from '../../lib/aws/addresses';

test.each(['10.0.0.0/8', '203.0.113.7/32', '0.0.0.0/0', '128.0.0.0/1', '255.255.255.255/32'])('%s is a range', (text) =>
  expect(parseRange(text)).toBeDefined(),
);

test.each(['10.0.0.1/8', '256.0.0.0/8', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/0', '', '10.0.0.0/8 '])(
  '"%s" is none',
  (text) => expect(parseRange(text)).toBeUndefined(),
);

test('a range lies within another when it begins there and is no larger', () => {
  const [small, large] = [parseRange('172.31.255.0/24')!, parseRange('172.16.0.0/12')!];
  expect(isWithin(small, large)).toBe(true);
  expect(isWithin(large, small)).toBe(false);
  expect(isWithin(parseRange('172.32.0.0/24')!, large)).toBe(false);
});

test('private is what no host of the internet has', () => {
  expect(['10.1.0.0/16', '192.168.0.0/18', '100.64.0.0/16'].every((text) => isPrivate(parseRange(text)!))).toBe(true);
  expect(['8.0.0.0/16', '192.0.0.0/8', '0.0.0.0/0'].some((text) => isPrivate(parseRange(text)!))).toBe(false);
});
