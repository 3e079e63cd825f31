/**
 * Files that mean harm, each made here: code that Python would run, bombs, endless structures, damage.
 *
 * Nothing in them does harm by itself: what they name is `echo`. They must all the same never be loaded in Python.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { PACKAGING_FIXTURES } from '../fixtures';
import { documents } from './documents';
import { lz4Frame } from './lz4-frame';

/** A file of the corpus: its name says what it tries. */
export interface Hostile {
  readonly name: string;
  readonly bytes: () => Buffer;
  /** Whether it takes a good part of a second. */
  readonly heavy?: true;
  /** Codes of the errors that are right for it. */
  readonly codes: RegExp;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('latin1');
};
const short = (text: string) => `\x8c${String.fromCharCode(text.length)}${text}`;
const stackGlobal = (module: string, name: string) => `${short(module)}${short(name)}\x93`;

/** Callables, listed as suspicious or not: what is not on the list must be as harmless. */
const CALLABLES: readonly (readonly [string, string])[] = [
  ['os', 'system'],
  ['posix', 'system'],
  ['nt', 'system'],
  ['builtins', 'eval'],
  ['__builtin__', 'exec'],
  ['subprocess', 'Popen'],
  ['importlib', 'import_module'],
  ['operator', 'attrgetter'],
  ['functools', 'partial'],
  ['numpy.testing._private.utils', 'runstring'],
  ['torch.utils.bottleneck.__main__', 'run_cprofile'],
  ['idlelib.pyshell', 'ModifiedInterpreter.runcommand'],
  ['lib2to3.pgen2.grammar', 'Grammar.loads'],
  ['sklearn.utils', 'os.system'],
  ['joblib.numpy_pickle', 'NumpyArrayWrapper.read'],
  ['__main__', '__builtins__'],
];

/** How a pickle can have a callable called, or an instance made or filled. */
const CALLS: readonly (readonly [string, (module: string, name: string) => string])[] = [
  ['GLOBAL REDUCE', (module, name) => `\x80\x02c${module}\n${name}\n(S'echo'\ntR.`],
  ['STACK_GLOBAL REDUCE', (module, name) => `\x80\x04${stackGlobal(module, name)}${short('echo')}\x85R.`],
  ['NEWOBJ', (module, name) => `\x80\x02c${module}\n${name}\n(S'echo'\nt\x81.`],
  ['NEWOBJ_EX', (module, name) => `\x80\x04${stackGlobal(module, name)}${short('echo')}\x85}\x92.`],
  ['INST', (module, name) => `(S'echo'\ni${module}\n${name}\n.`],
  ['OBJ', (module, name) => `(c${module}\n${name}\nS'echo'\no.`],
  ['BUILD', (module, name) => `\x80\x02c${module}\n${name}\n)\x81}X\x03\x00\x00\x00cmdX\x04\x00\x00\x00echosb.`],
  ['a call within a dict', (module, name) => `\x80\x02}X\x01\x00\x00\x00ac${module}\n${name}\n(S'echo'\ntRs.`],
  ['a call that is dropped', (module, name) => `\x80\x02c${module}\n${name}\n(S'echo'\ntR0N.`],
  ['the call of a call', (module, name) => `\x80\x02c${module}\n${name}\n(S'echo'\ntR(S'echo'\ntR.`],
];

const OTHER_CALLS: readonly Hostile[] = [
  ['EXT1', '\x80\x02\x82\x01.'],
  ['EXT2', '\x80\x02\x83\x01\x00.'],
  ['EXT4', '\x80\x02\x84\x01\x00\x00\x00.'],
  ['PERSID', 'Pos.system\n.'],
  ['BINPERSID', "\x80\x02S'os.system'\nQ."],
  ['NEXT_BUFFER', '\x80\x05\x97.'],
  ['READONLY_BUFFER', '\x80\x05N\x98.'],
].map(([name, text]) => ({ name: `names by ${name}`, bytes: () => latin1(text!), codes: /^E_(FORMAT|UNSAFE)$/ }));

/** One byte for each object, as often as is worthwhile. */
const MILLION = 1_000_000;

/** The state of an estimator that a converter knows, with what follows as its attributes. */
const logistic = (attributes: string) =>
  `\x80\x04${stackGlobal('sklearn.linear_model._logistic', 'LogisticRegression')})\x81}(${short('_sklearn_version')}${short('1.5.2')}${attributes}ub.`;

/** joblib's array of a shape and type, with what follows it. */
function wrapped(shape: string, type: string, after: string): string {
  const dtype = `${stackGlobal('numpy', 'dtype')}${short(type)}\x89\x88\x87R(K\x03${short('<')}NNN\x4a\xff\xff\xff\xff\x4a\xff\xff\xff\xffK\x00tb`;
  return (
    `\x80\x04${stackGlobal('joblib.numpy_pickle', 'NumpyArrayWrapper')})\x81}(` +
    `${short('shape')}${shape}${short('order')}${short('C')}${short('dtype')}${dtype}${short('allow_mmap')}\x88` +
    `${short('numpy_array_alignment_bytes')}K\x10ub${after}`
  );
}

const huge = '\x8a\x06\x00\x00\x00\x00\x00\x10'; // LONG1: 2^44

function structures(): Hostile[] {
  const own = /^E_(FORMAT|UNSAFE|LIMIT|UNSUPPORTED)$/;
  const limit = /^E_LIMIT$/;
  const make = (name: string, text: string, codes = own): Hostile => ({ name, bytes: () => latin1(text), codes });
  const heavy = (name: string, text: () => string): Hostile => ({
    name,
    bytes: () => latin1(text()),
    codes: limit,
    heavy: true,
  });
  const nested = wrapped('K\x01\x85', 'O8', '');
  const laughs = Array.from(
    { length: 60 },
    (_, i) => `](h${String.fromCharCode(i)}h${String.fromCharCode(i)}eq${String.fromCharCode(i + 1)}`,
  );
  return [
    heavy('a million dicts', () => `\x80\x04]${`(${'}'.repeat(MILLION - 1)}e`.repeat(2)}.`),
    heavy('a million lists that are dropped', () => `\x80\x04${']0'.repeat(8 * MILLION)}N.`),
    make('a million sets', `\x80\x04(${'\x8f'.repeat(MILLION - 2)}l0`.repeat(3), limit),
    heavy('tuples without end', () => `\x80\x04(${')'.repeat(MILLION - 2)}l0`.repeat(10)),
    heavy('texts without end', () => `\x80\x04(${short('a').repeat(MILLION - 2)}l0`.repeat(10)),
    heavy('names without end', () => `\x80\x04(${'ca\nb\n'.repeat(MILLION - 2)}l0`.repeat(10)),
    heavy('numbers in text without end', () => `\x80\x04(${'F1.5\n'.repeat(MILLION - 2)}l0`.repeat(10)),
    heavy('bytes without end', () => `\x80\x04(${'C\x01a'.repeat(MILLION - 2)}l0`.repeat(10)),
    heavy('tuples in tuples that are remembered', () => `\x80\x04N${'\x85\x94'.repeat(3 * MILLION)}.`),
    make('a deep list', `\x80\x04${']'.repeat(200_000)}${'a'.repeat(199_999)}.`),
    make('a deep tuple', `\x80\x04N${'\x85'.repeat(500_000)}.`),
    heavy('a million marks', () => `\x80\x04${'('.repeat(1_100_000)}.`),
    heavy('a stack of a million', () => `\x80\x04${'N'.repeat(1_100_000)}.`),
    heavy('a memo of millions', () => `\x80\x04N${'\x94'.repeat(5_000_000)}.`),
    make('a memo entry far away', '\x80\x02Nr\xff\xff\xff\x7f.', limit),
    heavy('instructions without end', () => `\x80\x04${'N0'.repeat(10_500_000)}N.`),
    heavy('keys that are hashed alike', () => collidingKeys(100_000)),
    {
      name: 'text of escapes',
      bytes: () => latin1(`S'${'\\x41'.repeat(10 * MILLION)}'\n.`),
      codes: own,
      heavy: true,
    },
    {
      name: 'Unicode of escapes',
      bytes: () => latin1(`V${'\\u0041'.repeat(8 * MILLION)}\n.`),
      codes: own,
      heavy: true,
    },
    make('a list within itself', '\x80\x02]q\x00h\x00a.'),
    make('a dict within itself', '\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.'),
    make(
      'an instance within itself',
      '\x80\x02csklearn.pipeline\nPipeline\n)\x81q\x00}(X\x10\x00\x00\x00_sklearn_versionX\x05\x00\x00\x001.5.2X\x05\x00\x00\x00steps](X\x01\x00\x00\x00ah\x00\x86eub.',
    ),
    make('a billion laughs', `\x80\x02]q\x00${laughs.join('')}.`),
    make('__proto__ as a key', logistic(`${short('__proto__')}}(${short('coef_')}K\x01u${short('constructor')}}`)),
    make('__proto__ as a class', `\x80\x04${stackGlobal('__proto__', '__proto__')})\x81}b.`),
    make('constructor as a class', `\x80\x04${stackGlobal('Object', 'constructor')}${short('x')}\x85R.`),
    make('__proto__ as the only key', `\x80\x04}${short('__proto__')}}${short('polluted')}\x88ss.`),
    make('a shape of terabytes', wrapped(`${huge}\x85`, 'f8', '\x00.'), limit),
    make('a shape that overflows', wrapped(`${huge}${huge}${huge}\x87`, 'f8', '\x00.')),
    make('a negative shape', wrapped('\x4a\xff\xff\xff\xff\x85', 'f8', '\x00.')),
    make('a shape of nothing, endless', wrapped(`${huge}K\x00\x86`, 'f8', '\x00.')),
    make('elements of no bytes, endless', wrapped(`${huge}\x85`, 'S0', '\x00.')),
    make('an element of gigabytes', wrapped('K\x01\x85', 'S999999999', '\x00.')),
    make('a structure that looks outside', wrapped('K\x01\x85', 'V8', '\x00.')),
    make('object arrays in object arrays', nested.repeat(40)),
    make(
      'an object array that calls',
      `${nested}\x80\x04${stackGlobal('posix', 'system')}${short('echo')}\x85R.`,
      /^E_UNSAFE$/,
    ),
    make('a string of gigabytes', `\x80\x04X${uint32(0x7fffffff)}`),
    make('an integer of gigabytes', `\x80\x02\x8b${uint32(0x7fffffff)}`),
    make('a frame of gigabytes', '\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.'),
    make('columns without end', logistic(`${short('n_features_in_')}${huge}`)),
    make('an integer in text of a megabyte', `I${'9'.repeat(MILLION)}\n.`),
  ];
}

/** Keys that V8 hashes alike: of such an integer it looks at the lowest 64 bits. */
function collidingKeys(count: number): string {
  const key = (i: number) =>
    `\x8a\x0b${'\0'.repeat(8)}${String.fromCharCode(i & 255, (i >> 8) & 255, (i >> 16) & 127)}`;
  return `\x80\x02}(${Array.from({ length: count }, (_, i) => `${key(i + 1)}N`).join('')}u.`;
}

/** Estimators that a converter knows, with parts that have no end. */
function estimators(): Hostile[] {
  const codes = /^E_(FORMAT|LIMIT|UNSUPPORTED)$/;
  const state = (attributes: string) => `)\x81}(${short('_sklearn_version')}${short('1.5.2')}${attributes}ub`;
  const forest = (trees: string) =>
    `\x80\x04${stackGlobal('sklearn.ensemble._forest', 'RandomForestClassifier')}${state(
      `${short('n_features_in_')}K\x04${short('n_outputs_')}K\x01${short('n_classes_')}K\x02${short('estimators_')}${trees}`,
    )}.`;
  const tree = `${stackGlobal('sklearn.tree._classes', 'DecisionTreeClassifier')}${state('')}`;
  const vectorizer = (attributes: string) =>
    `\x80\x04${stackGlobal('sklearn.pipeline', 'Pipeline')}${state(
      `${short('steps')}](${short('text')}${stackGlobal('sklearn.feature_extraction.text', 'CountVectorizer')}${state(
        `${short('analyzer')}${short('word')}${short('vocabulary_')}}${short('a')}K\x00s${attributes}`,
      )}\x86${short('last')}N\x86e`,
    )}.`;
  const pattern = '(a+)+$'.repeat(40).slice(0, 200);
  const light: readonly (readonly [string, string])[] = [
    ['a forest of one tree a million times', forest(`](${tree}q\x00${'h\x00'.repeat(MILLION - 2)}e`)],
    ['a forest of one tree many times', forest(`](${tree}q\x00${'h\x00'.repeat(90_000)}e`)],
    ['a forest that is its own tree', forest(']q\x00h\x00a')],
    ['coefficients that contain themselves', logistic(`${short('coef_')}]q\x00h\x00a${short('n_features_in_')}K\x04`)],
    ['classes that contain themselves', logistic(`${short('classes_')}]q\x00h\x00a${short('n_features_in_')}K\x04`)],
    ['a dict that is its own key', '\x80\x02}q\x00h\x00Ns.'],
    ['text in pieces without end', vectorizer(`${short('ngram_range')}K\x01J\xff\xff\xff\x7f\x86`)],
    ['a pattern that never ends', vectorizer(`${short('token_pattern')}${short(pattern)}`)],
  ];
  return light.map(([name, text]) => ({ name, bytes: () => latin1(text), codes }));
}

function bombs(): Hostile[] {
  const zeros = () => Buffer.alloc(150_000_000);
  const codes = /^E_LIMIT$/;
  const committed = (file: string) => () => readFileSync(join(PACKAGING_FIXTURES, 'hostile', file));
  return [
    { name: 'a zlib bomb', bytes: () => deflateSync(zeros()), codes, heavy: true },
    { name: 'a gzip bomb', bytes: () => gzipSync(zeros()), codes, heavy: true },
    { name: 'a bz2 bomb', bytes: committed('bomb.bz2'), codes },
    { name: 'an xz bomb', bytes: committed('bomb.xz'), codes, heavy: true },
    { name: 'an lz4 bomb', bytes: () => lz4Frame(150_000_000), codes, heavy: true },
    { name: 'a bomb in a bomb', bytes: () => deflateSync(deflateSync(zeros())), codes: /^E_FORMAT$/, heavy: true },
  ];
}

/** Real files, cut and bent. */
function damaged(): Hostile[] {
  const files = ['inputs/parts.joblib', 'inputs/model.pkl', 'inputs/binary-lz4.joblib', 'inputs/mixed.onnx'];
  return files.flatMap((file) => {
    const bytes = readFileSync(join(PACKAGING_FIXTURES, file));
    const codes = /^E_(FORMAT|UNSAFE|LIMIT|UNSUPPORTED)$/;
    const cuts = [1, 2, 7, bytes.length >> 2, bytes.length >> 1, bytes.length - 1];
    return cuts.map((at) => ({ name: `${file} cut at ${at}`, bytes: () => bytes.subarray(0, at), codes }));
  });
}

/** The whole corpus. */
export function corpus(): Hostile[] {
  const calls = CALLABLES.flatMap(([module, name]) =>
    CALLS.map(([how, make]) => ({
      name: `${module}.${name} by ${how}`,
      bytes: () => latin1(make(module, name)),
      codes: /^E_(FORMAT|UNSAFE|UNSUPPORTED)$/,
    })),
  );
  return [...calls, ...OTHER_CALLS, ...structures(), ...estimators(), ...documents(), ...bombs(), ...damaged()];
}
