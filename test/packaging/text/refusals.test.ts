import { convertModel } from '../../../lib/packaging/converters';
import { errorOf } from '../../../testing/error-of';
import { load } from '../fixtures';

describe('a vectorizer is refused by name', () => {
  test.each([
    ['analyzer', /step 'tfidfvectorizer' \(.*\) has analyzer=char_wb, which is not converted; use 'word'/],
    ['pattern', /has token_pattern=\[a-z\]\+, which is not converted; use the usual one, or/],
    ['accents', /has strip_accents=unicode, which is not converted; do that before the request is sent/],
    ['tokenizer', /has tokenizer=an object or a function, which is not converted/],
    ['preprocessor', /has preprocessor=an object or a function, which is not converted/],
    ['float32', /has dtype=float32, which is not converted; use float64/],
    ['two-ways', /'b' \(.*\) splits "x0" into words otherwise than another estimator does/],
  ])('for %s', async (name, message) => {
    const loaded = await load('text/refused', `${name}.joblib`);
    const error = await errorOf((async () => convertModel(loaded))());
    expect(error.code).toBe('E_UNSUPPORTED');
    expect(error.message).toMatch(message);
  });
});
