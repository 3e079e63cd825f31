import { certificateNames } from '../../lib/aws/certificate-names';

const label = (letter: string, length = 63) => letter.repeat(length);

test.each([
  ['a.example.com', 'example.com', 'a.example.com', []],
  [`${label('a', 52)}.example.com`, 'example.com', `${label('a', 52)}.example.com`, []], // 64 characters
  [`${label('a', 53)}.example.com`, 'example.com', 'example.com', [`${label('a', 53)}.example.com`]],
  // the nearest parent, which stands for no more than it must
  [`${label('a')}.b.c.example.com`, 'example.com', 'b.c.example.com', [`${label('a')}.b.c.example.com`]],
  [
    `${label('a')}.${label('b')}.example.com`,
    'example.com',
    'example.com',
    [`${label('a')}.${label('b')}.example.com`],
  ],
])('%s in %s', (name, zone, first, others) => {
  expect(certificateNames(name, zone)).toEqual({ first, others });
});

test('there are none where the zone itself is too long', () => {
  const zone = `${label('b')}.example.com`;
  expect(certificateNames(`a.${zone}`, zone)).toBeUndefined();
  expect(certificateNames(zone, zone)).toBeUndefined();
});
