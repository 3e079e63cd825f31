import { SlipwayError } from '../../../lib/model/error';
import { type GoldenRows, goldenMethods, parseGoldenRows } from '../../../lib/model/package/golden-file';
import { compareGolden, maximumDifference, replayGolden } from '../../../lib/model/package/golden-replay';
import type { Method, Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { ROW, SIGNATURE } from '../sample';

const TOLERANCE = { absolute: 1e-9, relative: 1e-9 };
const REGRESSION: Signature = {
  ...SIGNATURE,
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
  classes: undefined,
};

function refusal(document: unknown): SlipwayError {
  try {
    parseGoldenRows(typeof document === 'string' ? document : JSON.stringify(document), 'golden.json');
  } catch (error) {
    expect(error).toBeInstanceOf(SlipwayError);
    return error as SlipwayError;
  }
  throw new Error('expected an error, and there was none');
}

describe('reading a golden rows file', () => {
  const good = {
    inputs: [[1], [2]],
    predict: ['a', 'b'],
    predict_proba: [
      [0.5, 0.5],
      [1, 0],
    ],
    decision_function: [0, 1],
  };

  test('gives back what it holds', () => {
    expect(parseGoldenRows(JSON.stringify(good), 'golden.json')).toEqual(good);
    expect(goldenMethods(good)).toEqual(['predict', 'predict_proba', 'decision_function']);
    expect(goldenMethods({ inputs: [[1]], predict: [1] })).toEqual(['predict']);
  });

  test.each([
    [[], 'expected an object {"inputs": [...], "predict": [...]}, got an array of 0'],
    [{ ...good, proba: [] }, '"proba" is not known; allowed are inputs, predict, predict_proba, decision_function'],
    [{ ...good, inputs: [] }, '"inputs" must be an array of at least one row, got an array of 0'],
    [{ inputs: [[1]] }, '"predict" is missing: the labels or values that the model gave'],
    [{ ...good, predict: ['a', null] }, '"predict" row 1 must be a label or a number, got null'],
    [
      {
        ...good,
        predict: [
          ['a', null],
          ['b', 'c'],
        ],
      },
      '"predict" row 0 must be a label or a number, got an array of 2',
    ],
    [{ ...good, predict_proba: [0.5, 0.5] }, '"predict_proba" row 0 must be an array of numbers, got 0.5'],
    [
      { ...good, decision_function: [1, ['x']] },
      '"decision_function" row 1 must be a number or an array of numbers, got an array of 1',
    ],
  ])('refuses %j', (document, problem) => {
    const error = refusal(document);
    expect(error.code).toBe('E_GOLDEN');
    expect(error.problems).toContain(problem);
  });

  test('refuses answers of another number than the rows', () => {
    expect(refusal({ ...good, predict: ['a'] }).problems).toHaveLength(1);
  });

  test('lists everything that is wrong at once', () => {
    expect(refusal({ inputs: 3, extra: 1 }).problems).toHaveLength(3);
  });

  test('takes the NaN that Python puts into JSON for a missing value, but not in a text', () => {
    const text = '{"inputs": [[NaN, "NaN \\" Infinity"], [-1, "x"]], "predict": [NaN, 2]}';
    expect(parseGoldenRows(text, 'golden.json')).toEqual({
      inputs: [
        [null, 'NaN " Infinity'],
        [-1, 'x'],
      ],
      predict: [null, 2],
    });
  });

  test('says where an infinite number is, which no request carries', () => {
    const error = refusal('{"inputs": [{"a": 1}, {"a": -Infinity}], "predict": [1, Infinity]}');
    expect(error.problems).toEqual([
      '"inputs" row 1 has an infinite number, which JSON cannot carry; leave the row out',
      '"predict" row 1 has an infinite number, which JSON cannot carry; leave the row out',
    ]);
  });

  test('what is neither JSON nor of Python is told as it is', () => {
    expect(refusal('{"inputs": [[Nan]], "predict": [1]}').message).toMatch(/is not JSON \(.*Nan/);
  });
});

describe('comparing', () => {
  const golden: GoldenRows = {
    inputs: [0, 0],
    predict: ['no', 'yes'],
    predict_proba: [
      [0.75, 0.25],
      [0, 1],
    ],
  };

  test('finds nothing where everything holds within the tolerance', () => {
    const predictions = {
      predict: ['no', 'yes'],
      predict_proba: [
        [0.75 + 1e-10, 0.25],
        [1e-10, 1],
      ],
    };
    expect(compareGolden(golden, predictions, SIGNATURE, TOLERANCE)).toEqual([]);
    expect(maximumDifference(golden, predictions)).toBeCloseTo(1e-10, 15);
  });

  test('finds labels, numbers and widths that differ, in the order of the rows', () => {
    const predictions = { predict: ['no', 'no'], predict_proba: [[0.75, 0.25001], [1]] };
    expect(compareGolden(golden, predictions, SIGNATURE, TOLERANCE)).toEqual([
      { row: 0, method: 'predict_proba', expected: [0.75, 0.25], got: [0.75, 0.25001] },
      { row: 1, method: 'predict', expected: 'yes', got: 'no' },
      { row: 1, method: 'predict_proba', expected: [0, 1], got: [1] },
    ]);
  });

  test('finds every row of a method that was not answered', () => {
    expect(compareGolden(golden, { predict: ['no', 'yes'] }, SIGNATURE, TOLERANCE).map(({ row }) => row)).toEqual([
      0, 1,
    ]);
  });

  test('compares class labels exactly, and the values of a regression within the tolerance', () => {
    const values: GoldenRows = { inputs: [0], predict: [1] };
    const near = { predict: [1 + 1e-10] };
    const classifier: Signature = { ...SIGNATURE, classes: [0, 1] };
    expect(compareGolden(values, near, classifier, TOLERANCE)).toHaveLength(1);
    expect(compareGolden(values, near, REGRESSION, TOLERANCE)).toHaveLength(0);
  });

  test('takes null for NaN, of an engine and as an endpoint sends it, and for nothing else', () => {
    const values: GoldenRows = { inputs: [0, 0], predict: [null, 2] };
    const found = (got: unknown) => compareGolden(values, { predict: [got as number, 2] }, REGRESSION, TOLERANCE);
    expect(found(Number.NaN)).toEqual([]);
    expect(found(null)).toEqual([]);
    expect(found(0)).toEqual([{ row: 0, method: 'predict', expected: null, got: 0 }]);
    expect(found(undefined)).toHaveLength(1);
    expect(compareGolden(values, { predict: [Number.NaN, Number.NaN] }, REGRESSION, TOLERANCE)).toHaveLength(1);
  });

  test('compares labels of several targets exactly', () => {
    const outputs = [{ name: 'predict', type: 'int64', width: 2 }] as const;
    const { classes: _, ...targets } = { ...SIGNATURE, outputs };
    const large = 2 ** 40;
    const values: GoldenRows = { inputs: [0], predict: [[large, 1]] };
    expect(compareGolden(values, { predict: [[large, 1]] }, targets, TOLERANCE)).toEqual([]);
    expect(compareGolden(values, { predict: [[large + 1, 1]] }, targets, TOLERANCE)).toHaveLength(1);
  });

  test('takes a row of one value for the value, as scikit-learn gives either for one target', () => {
    const values: GoldenRows = { inputs: [0], predict: [[1.5]] };
    expect(compareGolden(values, { predict: [1.5] }, REGRESSION, TOLERANCE)).toEqual([]);
    expect(compareGolden(values, { predict: [1.6] }, REGRESSION, TOLERANCE)).toHaveLength(1);
  });

  test.each([
    ['1', 1],
    [1, true],
    [1, Number.NaN],
    [0, undefined],
  ])('does not take %p for %p', (expected, got) => {
    const predictions = { predict: [got as number] };
    expect(compareGolden({ inputs: [0], predict: [expected] }, predictions, REGRESSION, TOLERANCE)).toHaveLength(1);
  });
});

describe('replaying', () => {
  /** Answers 'yes' to everything, and records how many rows each call had. */
  function yes(batches: number[]) {
    return async (inputs: Tensors, methods: readonly Method[]): Promise<Tensors> => {
      const rows = inputs.floats!.shape[0]!;
      batches.push(rows);
      expect(methods).toEqual(['predict']);
      return { predict: { type: 'string', shape: [rows], data: Array<string>(rows).fill('yes') } };
    };
  }

  test('runs many rows in batches and joins the answers', async () => {
    const batches: number[] = [];
    const golden: GoldenRows = {
      inputs: Array.from({ length: 600 }, () => [...ROW]),
      predict: Array.from({ length: 600 }, (_, i) => (i === 599 ? 'no' : 'yes')),
    };
    const { differences } = await replayGolden(golden, SIGNATURE, TOLERANCE, yes(batches));
    expect(batches).toEqual([256, 256, 88]);
    expect(differences).toEqual([{ row: 599, method: 'predict', expected: 'no', got: 'yes' }]);
  });

  test('refuses a method that the model has not', async () => {
    const golden: GoldenRows = { inputs: [ROW], predict: ['yes'], decision_function: [1] };
    await expect(replayGolden(golden, SIGNATURE, TOLERANCE, yes([]))).rejects.toMatchObject({
      code: 'E_GOLDEN',
      message:
        'the golden rows have answers of decision_function, which this model does not give; it gives predict, predict_proba',
    });
  });

  test('points at the row in the file, also beyond the first batch', async () => {
    const inputs = Array.from({ length: 300 }, (_, i) => (i === 299 ? ['x', ...ROW.slice(1)] : [...ROW]));
    const golden: GoldenRows = { inputs, predict: Array<string>(300).fill('yes') };
    await expect(replayGolden(golden, SIGNATURE, TOLERANCE, yes([]))).rejects.toMatchObject({
      code: 'E_GOLDEN',
      problems: ['/inputs/299/0: expected a number or null for column "age", got the string "x"'],
    });
  });
});

test('takes an array of numbers a row from a regressor with several targets', () => {
  const text = JSON.stringify({
    inputs: [[1], [2]],
    predict: [
      [0.5, 1],
      [1.5, 2],
    ],
  });
  expect(parseGoldenRows(text, 'golden.json').predict).toEqual([
    [0.5, 1],
    [1.5, 2],
  ]);
  expect(() => parseGoldenRows(text.replace('1.5', '"a"'), 'golden.json')).toThrow(/not usable/);
});
