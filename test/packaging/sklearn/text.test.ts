import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertFile, describeAnswers, describeRefusals, withEngine } from '../answers';
import { expectedAnswers, modelsOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-15, relative: 1e-12 };

describeAnswers('sklearn/text', { tolerance: TOLERANCE, engines: 'both' });

describeRefusals('sklearn/text', [
  ['analyzer', /step 'tfidfvectorizer' \(.*\) has analyzer=char_wb, which is not converted; use 'word'/],
  ['pattern', /has token_pattern=\[a-z\]\+, which is not converted; use the usual one, or/],
  ['accents', /has strip_accents=unicode, which is not converted; do that before the request is sent/],
  ['tokenizer', /has tokenizer=an object or a function, which is not converted/],
  ['preprocessor', /has preprocessor=an object or a function, which is not converted/],
  ['float32', /has dtype=float32, which is not converted; use float64/],
  ['two-ways', /'b' \(.*\) splits "x0" into words otherwise than another estimator does/],
]);

test('is one text at a time what it is for many, also where there is no token at all', async () => {
  const golden = expectedAnswers(modelsOf('text'))['model-logistic.joblib']!;
  const model = await convertFile(modelsOf('text'), 'model-logistic.joblib');
  await withEngine(model, async (engine) => {
    for (let row = 0; row < golden.inputs.length; row++) {
      const one = { inputs: [golden.inputs[row]], predict: [golden.predict[row]!] };
      const { differences } = await replayGolden(one, model.signature, TOLERANCE, (...run) => engine.run(...run));
      expect(differences).toEqual([]);
    }
  });
});

describe('the signature', () => {
  const signatureOf = async (file: string) => (await convertFile(modelsOf('text'), file)).signature;

  test('of a text is one column, which says how it is tokenised', async () => {
    const { columns, inputs } = await signatureOf('pairs.joblib');
    expect(columns).toEqual([
      { name: 'x0', type: 'string', missing: false, tokens: { lowercase: false, shortest: 2 } },
    ]);
    expect(inputs).toEqual([{ name: 'tokens', type: 'string', columns: [0] }]);
  });

  test('of a table has texts, categories and numbers beside each other', async () => {
    const { columns, inputs } = await signatureOf('table.joblib');
    expect(columns.map(({ name, tokens }) => [name, tokens?.stopWords?.length])).toEqual([
      ['title', undefined],
      ['city', undefined],
      ['paid', undefined],
      ['body', 318],
    ]);
    expect(inputs.map(({ name, columns: indices }) => [name, indices])).toEqual([
      ['input', [2]],
      ['text', [1]],
      ['tokens', [0, 3]],
    ]);
  });
});
