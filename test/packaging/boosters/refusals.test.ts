import { readBoosterFile } from '../../../lib/packaging/boosters';
import { parseUbjson } from '../../../lib/packaging/boosters/ubjson';
import { float32Below } from '../../../lib/packaging/boosters/xgboost-tree';
import { errorOf } from '../../../testing/error-of';
import { boosterBytes, convertBytes, LIGHTGBM, XGBOOST } from './fixtures';

// biome-ignore lint/suspicious/noExplicitAny: documents are changed at will here
type Document = any;

const refusedBytes = (file: string, bytes: Buffer) => errorOf(convertBytes(file, bytes));

/** The error for an XGBoost model that was changed. */
function refused(change: (document: Document) => void, file = 'binary.json') {
  const document = JSON.parse(boosterBytes(XGBOOST, file).toString());
  change(document);
  return refusedBytes('model.json', Buffer.from(JSON.stringify(document)));
}

/** The error for a LightGBM model in which some text was replaced. */
function refusedText(what: string | RegExp, by: string, file = 'binary.txt') {
  const text = boosterBytes(LIGHTGBM, file).toString();
  const changed = text.replace(what, by);
  expect(changed).not.toBe(text);
  return refusedBytes('model.txt', Buffer.from(changed));
}

const booster = (document: Document) => document.learner.gradient_booster;
const firstTree = (document: Document) => booster(document).model.trees[0];

describe('XGBoost', () => {
  test.each<[string, (document: Document) => void, string, RegExp]>([
    [
      'leaves that are vectors',
      (d) => (firstTree(d).tree_param.size_leaf_vector = '3'),
      'E_UNSUPPORTED',
      /multi_strategy="one_output_per_tree"/,
    ],
    [
      'an unknown objective',
      (d) => (d.learner.objective.name = 'rank:mine'),
      'E_UNSUPPORTED',
      /the objective rank:mine.*binary:logistic/,
    ],
    [
      'a release before 1.7',
      (d) => (d.version = [1, 5, 2]),
      'E_UNSUPPORTED',
      /XGBoost 1\.5\.2.*re-save with xgboost >= 1\.7 as \.json/,
    ],
    ['a release to come', (d) => (d.version = [4, 0, 0]), 'E_UNSUPPORTED', /XGBoost 4\.0\.0.*newer Slipway/],
    [
      'the release after the tested ones',
      (d) => (d.version = [3, 5, 0]),
      'E_UNSUPPORTED',
      /1\.7 to 3\.4.*--allow-untested/,
    ],
    ['an unknown booster', (d) => (booster(d).name = 'gbforest'), 'E_FORMAT', /unknown kind gbforest/],
    ['a tree that contains itself', (d) => (firstTree(d).left_children[1] = 0), 'E_FORMAT', /wrong child/],
    ['a child outside of the tree', (d) => (firstTree(d).right_children[0] = 99), 'E_FORMAT', /wrong child/],
    [
      'a split on a column that is not there',
      (d) => (firstTree(d).split_indices[0] = 4),
      'E_FORMAT',
      /column 4, and there are 4/,
    ],
    ['lists of different lengths', (d) => firstTree(d).default_left.pop(), 'E_FORMAT', /different lengths/],
    [
      'a tree of an output that is not there',
      (d) => (booster(d).model.tree_info[0] = 1),
      'E_FORMAT',
      /output 1, and there are 1/,
    ],
    [
      'a base score without a logit',
      (d) => (d.learner.learner_model_param.base_score = '[2E0]'),
      'E_FORMAT',
      /base_score/,
    ],
    [
      'a base score that is no number',
      (d) => (d.learner.learner_model_param.base_score = 'x'),
      'E_FORMAT',
      /base_score x/,
    ],
    [
      'more columns than a model has',
      (d) => (d.learner.learner_model_param.num_feature = '100001'),
      'E_LIMIT',
      /100001 columns/,
    ],
    [
      'more outputs than a model has',
      (d) => (d.learner.learner_model_param.num_class = '999999'),
      'E_LIMIT',
      /999999 outputs/,
    ],
    ['names for other columns', (d) => (d.learner.feature_names = ['a']), 'E_FORMAT', /1 feature_names, not 4/],
    [
      'two columns of one name',
      (d) => (d.learner.feature_names = ['a', 'b', 'a', 'c']),
      'E_UNSUPPORTED',
      /two columns called "a"/,
    ],
  ])('refuses %s', async (_, change, code, message) => {
    const error = await refused(change);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^model\.json: /);
  });

  const model = (d: Document) => booster(d).model;
  test.each<[string, (document: Document) => Document]>([
    ['the document', (d) => d],
    ['learner', (d) => d.learner],
    ['learner.learner_model_param', (d) => d.learner.learner_model_param],
    ['learner.objective', (d) => d.learner.objective],
    ['learner.objective.reg_loss_param', (d) => d.learner.objective.reg_loss_param],
    ['learner.gradient_booster', booster],
    ['learner.gradient_booster.model', model],
    ['learner.gradient_booster.model.gbtree_model_param', (d) => model(d).gbtree_model_param],
    ['learner.gradient_booster.model.cats', (d) => model(d).cats],
    ['learner.gradient_booster.model.trees[0]', firstTree],
    ['learner.gradient_booster.model.trees[0].tree_param', (d) => firstTree(d).tree_param],
  ])(
    'refuses a member of %s that it does not know, of any release and also if untested ones are allowed',
    async (path, of) => {
      for (const version of [
        [3, 4, 1],
        [4, 0, 0],
      ]) {
        const document = JSON.parse(boosterBytes('xgboost-3.4.1', 'binary.json').toString());
        document.version = version;
        const allowed = { allowUntested: true, warn: () => {} };
        const read = () => readBoosterFile('model.json', Buffer.from(JSON.stringify(document)), allowed);
        expect(read).not.toThrow();
        of(document).tree_weights = [1];
        expect(read).toThrow(
          expect.objectContaining({
            code: 'E_UNSUPPORTED',
            message: `model.json: ${path} has "tree_weights", which this version of Slipway does not know, and which may change the answers; use a newer Slipway, or save the model with an older release of its library`,
          }),
        );
      }
    },
  );

  test("refuses DART's weights when there are not as many as trees, wherever a release has them", async () => {
    for (const [release, place] of [
      ['xgboost-3.3.0', booster],
      ['xgboost-3.4.1', model],
    ] as const) {
      const document = JSON.parse(boosterBytes(release, 'dart-booster.json').toString());
      place(document).weight_drop.pop();
      const error = await refusedBytes('model.json', Buffer.from(JSON.stringify(document)));
      expect(error).toMatchObject({
        code: 'E_FORMAT',
        message: expect.stringMatching(/3 weights of DART for 4 trees/),
      });
    }
  });

  test('keeps what a user wrote into the attributes of a booster', async () => {
    const document = JSON.parse(boosterBytes(XGBOOST, 'binary.json').toString());
    document.learner.attributes.trained_by = 'me';
    expect(await convertBytes('model.json', Buffer.from(JSON.stringify(document)))).toBeDefined();
  });

  test('refuses categories that are not below 2^24', async () => {
    const error = await refused((d) => {
      const tree = booster(d).model.trees.find((candidate: Document) => candidate.categories.length > 0);
      tree.categories[0] = 2 ** 24;
    }, 'categories.json');
    expect(error).toMatchObject({ code: 'E_FORMAT', message: expect.stringMatching(/wrong categories/) });
  });

  test('refuses categories that XGBoost itself does not store whole', async () => {
    const error = await refused((d) => (booster(d).model.cats.enc[0].values[0] = -61), 'frame.json');
    expect(error).toMatchObject({ code: 'E_UNSUPPORTED', message: expect.stringMatching(/not ASCII/) });
  });

  test('refuses the binary format of old, with the way out', async () => {
    const error = await refusedBytes('old.model', Buffer.concat([Buffer.from('binf'), Buffer.alloc(400)]));
    expect(error).toMatchObject({ code: 'E_UNSUPPORTED' });
    expect(error.message).toBe(
      "old.model: is in XGBoost's old binary format, which is not read; re-save with xgboost >= 1.7 as .json",
    );
  });

  test('knows the binary format of old by the names in it, each behind its length', async () => {
    const named = (name: string) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(name.length));
      return Buffer.concat([length, Buffer.from(name)]);
    };
    const old = Buffer.concat([Buffer.alloc(136, 1), named('binary:logistic'), named('gbtree'), Buffer.alloc(99)]);
    expect((await refusedBytes('old.model', old)).message).toMatch(/old binary format/);
    const pickle = Buffer.concat([Buffer.alloc(144, 1), Buffer.from('binary:logistic'), Buffer.alloc(99)]);
    expect(readBoosterFile('chain.joblib', pickle)).toBeUndefined();
  });

  test('refuses a document that is cut off', async () => {
    for (const file of ['binary.json', 'binary.ubj']) {
      const bytes = boosterBytes(XGBOOST, file);
      expect(await refusedBytes(file, bytes.subarray(0, -20))).toMatchObject({ code: 'E_FORMAT' });
    }
  });

  test('reads NaN where XGBoost writes it, and nowhere else', async () => {
    const text = boosterBytes('xgboost-1.7.6', 'categories.json').toString();
    expect(text).toContain('NaN');
    const named = text.replace('"feature_names":[]', '"feature_names":["NaN","a,NaN,b","Infinity","\\"[NaN]"]');
    const { signature } = await convertBytes('model.json', Buffer.from(named));
    expect(signature.columns.map(({ name }) => name)).toEqual(['NaN', 'a,NaN,b', 'Infinity', '"[NaN]']);
  });
});

describe('LightGBM', () => {
  test.each<[string, string | RegExp, string, string, RegExp]>([
    ['linear trees', 'is_linear=0', 'is_linear=1', 'E_UNSUPPORTED', /linear_tree=false/],
    ['an older format', 'version=v4', 'version=v2', 'E_UNSUPPORTED', /format v2/],
    ['an unknown objective', 'objective=binary sigmoid:1', 'objective=mine', 'E_UNSUPPORTED', /the objective mine/],
    ['a sigmoid parameter that is none', 'sigmoid:1', 'sigmoid:x', 'E_FORMAT', /sigmoid/],
    ['a file that is cut off', /end of trees[\s\S]*/, '', 'E_FORMAT', /cut off/],
    ['a tree that contains itself', /left_child=\S+/, 'left_child=0', 'E_FORMAT', /wrong child/],
    ['a child outside of the tree', /left_child=\S+/, 'left_child=-99', 'E_FORMAT', /wrong child/],
    ['fewer numbers than nodes', /threshold=\S+ /, 'threshold=', 'E_FORMAT', /numbers in "threshold", not/],
    ['a number that is none', /threshold=\S+/, 'threshold=0x10', 'E_FORMAT', /"0x10" in "threshold"/],
    [
      'a split on a column that is not there',
      /split_feature=\d/,
      'split_feature=9',
      'E_FORMAT',
      /column 9, and there are 4/,
    ],
    ['a tree of too many leaves', /num_leaves=\d+/, 'num_leaves=9999999', 'E_LIMIT', /9999999 leaves/],
    ['more columns than a model has', 'max_feature_idx=3', 'max_feature_idx=999999', 'E_LIMIT', /1000000 columns/],
    [
      'more outputs than trees',
      'num_tree_per_iteration=1',
      'num_tree_per_iteration=2',
      'E_FORMAT',
      /2 trees an iteration/,
    ],
    ['a missing line', /feature_names=.*\n/, '', 'E_FORMAT', /no line "feature_names"/],
    ['a line that is there twice', 'num_cat=0', 'num_cat=0\nnum_cat=0', 'E_FORMAT', /two lines "num_cat"/],
  ])('refuses %s', async (_, what, by, code, message) => {
    const error = await refusedText(what, by);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^model\.txt: /);
  });

  test.each([
    ['one column has no categories', '"green"', '"red"', /one category twice/],
    ['categories are of two kinds', '"green"', '7', /neither all text nor all numbers/],
    ['a category is empty text', '"green"', '""', /empty text/],
    [
      'there are more lists than categorical columns',
      'pandas_categorical:[',
      'pandas_categorical:[["x"],',
      /which is which/,
    ],
  ])('refuses categories when %s', async (_, what, by, message) => {
    const error = await refusedText(what, by, 'frame.txt');
    expect(error).toMatchObject({ code: 'E_UNSUPPORTED', message: expect.stringMatching(message) });
  });

  test.each<[string, string | RegExp, string, RegExp]>([
    [
      'the header',
      'label_index=0',
      'label_index=0\nleaf_offset=1',
      /the header has a line "leaf_offset".*newer Slipway/,
    ],
    ['a tree', 'num_cat=0', 'num_cat=0\nleaf_offset=1 2', /tree 0 has a line "leaf_offset".*newer Slipway/],
    ['the objective', 'binary sigmoid:1', 'binary sigmoid:1 offset:2', /the objective binary with "offset:2"/],
  ])('refuses what it does not know in %s', async (_, what, by, message) => {
    expect(await refusedText(what, by)).toMatchObject({
      code: 'E_UNSUPPORTED',
      message: expect.stringMatching(message),
    });
  });

  test('refuses a node that decides in a way that it does not know', async () => {
    const error = await refusedText(/decision_type=\d+/, 'decision_type=16');
    expect(error).toMatchObject({ code: 'E_FORMAT', message: expect.stringMatching(/the decision_type 16/) });
  });

  test('bounds what a tree of few bytes may ask for', async () => {
    const bounds = await refusedText(/num_cat=[1-9]\d*/, 'num_cat=99999999', 'categories.txt');
    expect(bounds.message).toMatch(/99999999 categorical nodes/);
  });
});

test.each([
  ['{"a": 1}', 'some other JSON'],
  ['tree of life\n', 'some other text'],
  ['', 'nothing'],
])('does not take %j for a booster', (text) => {
  expect(readBoosterFile('x', Buffer.from(text))).toBeUndefined();
});

test.each([
  ['1.0000000180025095e-35', 1.0000000180025095e-35],
  ['0', 1.0000000180025095e-35],
  ['-5e-36', -1.0000000180025096e-35],
  ['-1.0000000180025095e-35', -1.0000000180025096e-35],
  ['-1.0000000180025096e-35', -1.0000000180025096e-35],
])('splits at %s as LightGBM does, to which all up to 1e-35 is zero', (text, threshold) => {
  const model = boosterBytes(LIGHTGBM, 'binary.txt')
    .toString()
    .replace(/threshold=\S+/, `threshold=${text}`);
  const [tree] = readBoosterFile('model.txt', Buffer.from(model))!.model.trees[0]!;
  expect(tree!.threshold[0]).toBe(threshold);
});

describe('UBJSON', () => {
  const L = (value: number) => {
    const bytes = Buffer.alloc(9, 'L');
    bytes.writeBigInt64BE(BigInt(value), 1);
    return bytes;
  };
  const key = (name: string) => Buffer.concat([L(name.length), Buffer.from(name)]);
  const document = (...parts: (string | Buffer)[]) =>
    Buffer.concat([Buffer.from('{'), key('a'), ...parts.map((part) => Buffer.from(part as string)), Buffer.from('}')]);
  const parse = (...parts: (string | Buffer)[]) => parseUbjson('x.ubj', document(...parts)).a;

  test('reads every type of number', () => {
    const double = Buffer.alloc(8);
    double.writeDoubleBE(0.1);
    const cells = ['i', Buffer.from([0xff]), 'U', Buffer.from([0xff]), 'I', Buffer.from([0xff, 0]), 'D', double, L(-5)];
    expect(parse('[', ...cells, ']')).toEqual([-1, 255, -256, 0.1, -5]);
    expect(parse('[$l#', L(2), Buffer.from([0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]))).toEqual(Float64Array.of(1, -1));
    expect(parse('[#', L(2), 'TZ')).toEqual([true, null]);
  });

  test('keeps a key called __proto__ a key', () => {
    const read = parseUbjson('x.ubj', Buffer.concat([Buffer.from('{'), key('__proto__'), Buffer.from('T}')]));
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read)).toBeNull();
  });

  test.each<[string, (string | Buffer)[], string]>([
    ['an array longer than the file', ['[$D#', L(2 ** 40)], 'E_FORMAT'],
    ['an array of a negative length', ['[$D#', L(-1)], 'E_FORMAT'],
    ['a string longer than the file', ['S', L(2 ** 50)], 'E_FORMAT'],
    ['an array of values without bytes', ['[$Z#', L(2 ** 40)], 'E_FORMAT'],
    ['values nested without end', ['['.repeat(1_000_000)], 'E_LIMIT'],
    ['a type that is none', ['q'], 'E_FORMAT'],
  ])('refuses %s', (_, parts, code) => {
    expect(() => parse(...parts)).toThrow(expect.objectContaining({ code }));
  });
});

test.each([0, -0, 1, -1, 2 ** -149, -(2 ** -149), Math.fround(1e30), Math.fround(-1e30), Number.POSITIVE_INFINITY])(
  'finds the float32 below %d',
  (threshold) => {
    const below = float32Below(threshold);
    expect(below).toBeLessThan(threshold);
    expect(Math.fround(below)).toBe(below);
    const between = (below + threshold) / 2; // rounds to one of the two: there is no float32 between them
    if (Number.isFinite(between)) expect([below, threshold]).toContain(Math.fround(between) + 0);
  },
);
