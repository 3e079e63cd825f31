import { encodeRows } from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import { tokensOf } from '../../../lib/model/rows/tokens';
import { errorOf } from '../../../testing/error-of';
import { fixtureJson } from '../../packaging/fixtures';

const USUAL = { lowercase: true, shortest: 2 };

const signature: Signature = {
  columns: [{ name: 'x0', type: 'string', missing: false, tokens: { ...USUAL, stopWords: ['the'] } }],
  namedColumns: false,
  inputs: [{ name: 'tokens', type: 'string', columns: [0] }],
  outputs: [{ name: 'predict', type: 'int64', width: 1 }],
};

describe('tokens', () => {
  test('are those of scikit-learn, or the text is refused', () => {
    const cases = fixtureJson<[text: string, tokens: string][]>('sklearn/text', 'tokens.json');
    const refused = cases.filter(([text]) => tokensOf(text, USUAL) === undefined);
    const other = cases.filter(([text, tokens]) => ![tokens, undefined].includes(tokensOf(text, USUAL)));
    expect(other).toEqual([]);
    expect(refused.length).toBeLessThan(cases.length / 2); // of random characters of all ages
  });

  // a newer Node.js with a newer Unicode fails here: its new letters then belong into LATER_LETTERS
  test('are of the letters of one version of Unicode, whatever version Node.js has', () => {
    let letters = 0;
    for (let code = 0; code < 0x110000; code++) {
      const character = String.fromCodePoint(code);
      if (/[\p{L}\p{N}]/u.test(character) && tokensOf(character, { lowercase: false, shortest: 1 })) letters++;
    }
    expect(letters).toBe(118_258); // as many as Python 3.6 has
  });

  test('of a text have no stop words among them, and are given to the graph with spaces between', () => {
    const tensors = encodeRows(signature, [['The price, THE Great'], 'alone', { x0: '' }]);
    expect(tensors).toEqual({ tokens: { type: 'string', shape: [3, 1], data: ['price great', 'alone', ''] } });
  });

  test.each([
    [['\u{1c90}'], '/0/0', 'without letters that are newer than Unicode 9'],
    [['ΑΣ\u1734'], '/0/0', 'without letters that are newer than Unicode 9'],
    [[null], '/0/0', 'a string for column "x0", got null'],
    [[4], '/0/0', 'a string for column "x0", got 4'],
    [['a\0b'], '/0/0', 'without the character U+0000'],
  ])('are not made of %j', async (row, pointer, message) => {
    const error = await errorOf((async () => encodeRows(signature, [row]))());
    expect(error).toMatchObject({ code: 'E_INPUT', fields: [{ pointer }] });
    expect(error.message).toContain(message);
  });
});

test('a bare text is no row for a model of categories', async () => {
  const [column] = signature.columns;
  const categories = { ...signature, columns: [{ ...column!, tokens: undefined }] } as unknown as Signature;
  expect((await errorOf((async () => encodeRows(categories, ['text']))())).message).toContain(
    'a row: an array of values',
  );
});
