import * as fc from 'fast-check';
import { type Bounds, boundsFor, TooMuchError } from '../../../../lambda/inference/json/bounds';
import { parseInPieces } from '../../../../lambda/inference/json/pieces';
import { runs } from '../../../runs';

jest.setTimeout(30_000); // the machine may be busy

const ANY: Bounds = { containers: 1e6, depth: 1e6, members: 1e6, elements: 1e6, token: 1e6 };

/** The value, or that it is none; `-0` and the order of keys count. */
const outcome = (parse: () => unknown) => {
  try {
    return { value: parse() };
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return 'no JSON';
  }
};

async function compare(damaged: string, pieceBytes: number, scanBytes: number): Promise<void> {
  const text = Buffer.from(damaged).toString(); // half a character is another one in UTF-8
  const expected = outcome(() => JSON.parse(text));
  let got: unknown;
  try {
    got = { value: await parseInPieces(Buffer.from(text), ANY, pieceBytes, scanBytes) };
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    got = 'no JSON';
  }
  expect(got).toStrictEqual(expected);
  expect(JSON.stringify(got)).toBe(JSON.stringify(expected));
}

const spaced = fc
  .tuple(fc.json({ noUnicodeString: false, maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t', '\r\n \r'))
  .map(([text, space]) => {
    const value = JSON.parse(text) as unknown;
    return typeof space === 'string' && space.includes('\n')
      ? text.replaceAll(',', `,${space}`) // within strings too: it is compared with JSON.parse all the same
      : JSON.stringify(value, undefined, space);
  });

/** Bytes of a look, so that it ends anywhere: within texts, behind a backslash. */
const scans = fc.integer({ min: 1, max: 40 });

test('any JSON, in pieces of any size, is what JSON.parse makes of it', async () => {
  await fc.assert(fc.asyncProperty(spaced, fc.integer({ min: 0, max: 40 }), scans, compare), { numRuns: runs(400) });
});

test('damaged JSON is refused where JSON.parse refuses it, and taken where that takes it', async () => {
  const damage = fc.tuple(
    fc.nat(),
    fc.constantFrom('', ',', '[', ']', '{', '}', '"', ':', '1', '\\', ' ', 'null', '"a":'),
  );
  await fc.assert(
    fc.asyncProperty(
      spaced,
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 20 }),
      scans,
      async (text, damages, size, scan) => {
        let damaged = text;
        for (const [at, put] of damages) {
          const place = at % (damaged.length + 1);
          damaged = damaged.slice(0, place) + put + damaged.slice(place + (put === '' ? 1 : 0));
        }
        await compare(damaged, size, scan);
      },
    ),
    { numRuns: runs(800) },
  );
});

test.each([
  '[1,2,]',
  '[,1]',
  '[1,,2]',
  '[]',
  '[ ]',
  '[[1] [2]]',
  '[[1,2] 3]',
  '[[1,2],]',
  '{"a":[1,2],}',
  '{"a":[1,2] "b":1}',
  '{"a":[1,2],"a":[3,4],"b":1,"a":5}',
  '{"__proto__":[1,2],"x":{"__proto__":{"y":[1,2,3]}}}',
  '{"10":[1,2],"9":[3,4],"b":1}',
  '{[1,2]:1}',
  '{"a" [1,2]}',
  '{"a":1[1,2]}',
  '{"a":-[1,2],"b":1}',
  '{"a":1.{"b":[1,2]},"c":1}',
  '[1,2][3,4]',
  '[1,2] x',
  'x [1,2]',
  '[1,2',
  '[1,2}',
  '{"a":"b',
  '"\\"[,"',
  '["\\\\",[1,2]]',
  '[1 [2,3]]',
  '1,2',
  '',
  ' ',
  '-0',
  '[-0,1e400,"\\ud800"]',
])('%s', async (text) => {
  for (let size = 0; size < 12; size++) for (let scan = 1; scan < 12; scan++) await compare(text, size, scan);
});

test('nesting as deep as a body can be', async () => {
  const deep = `${'['.repeat(50_000)}1,2${']'.repeat(50_000)}`;
  let value: unknown = await parseInPieces(Buffer.from(deep), ANY, 1);
  for (let depth = 1; depth < 50_000; depth++) [value] = value as unknown[];
  expect(value).toEqual([1, 2]);
});

test.each<[string, Partial<Bounds>, string, string]>([
  ['arrays and objects', { containers: 4 }, '[[],[],[]]', '[[],[],[],{}]'],
  ['arrays and objects in one another', { depth: 3 }, '[[[1,2],[3]]]', '[[[1,{"a":2}]]]'],
  ['members of an object', { members: 3 }, '[{"a":1,"b":2,"c":3},1,2,3,4]', '[{"a":1,"b":2,"c":3,"a":4}]'],
  ['elements of an array', { elements: 3 }, '[{"a":[1,2,3]},[],{"b":1,"c":2,"d":3,"e":4}]', '[{"a":[1,2,3,4]}]'],
  ['bytes of a text', { token: 4 }, '["aaa","\\"a"]', '["aa\\"a"]'],
  ['bytes of a name', { token: 4 }, '{"aaa":1}', '{"aaaa":1}'],
  ['digits of a number', { token: 4 }, '[1234,[4321]]', '[12345,[54321]]'],
  ['spaces', { token: 4 }, '[1,   2]', '[1,    2]'],
])('more %s than allowed are refused before they are built', async (_, bounds, right, wrong) => {
  for (let size = 0; size < 12; size++) {
    const parse = (text: string) => parseInPieces(Buffer.from(text), { ...ANY, ...bounds }, size);
    expect(await parse(right)).toEqual(JSON.parse(right));
    await expect(parse(wrong)).rejects.toBeInstanceOf(TooMuchError);
  }
});

test('an object may have a member for each column of a wide model, and some more', () => {
  expect(boundsFor(30).members).toBe(10_000);
  expect(boundsFor(100_000).members).toBe(200_000);
});

test('other work is done between the pieces', async () => {
  const body = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, i) => [i, `"${i}`])));
  let turns = 0;
  let parsing = true;
  const count = () => {
    turns++;
    if (parsing) setImmediate(count);
  };
  setImmediate(count);
  const value = (await parseInPieces(body, ANY)) as unknown[];
  parsing = false;
  expect(value).toHaveLength(100_000);
  expect(turns).toBeGreaterThan(3);
});
