/** Hostile files that are no pickles: models of XGBoost and LightGBM, and ONNX graphs, that lie or have no end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProtobufWriter } from '../../lib/packaging/onnx/protobuf';
import { PACKAGING_FIXTURES } from '../fixtures';
import type { Hostile } from './corpus';

const BOOSTERS = join(PACKAGING_FIXTURES, 'boosters');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** A committed model with a part of its text exchanged. */
function changed(file: string, part: RegExp, by: string | ((text: string) => string)): Buffer {
  const text = readFileSync(join(BOOSTERS, file), 'utf8');
  const result = text.replace(part, by as string);
  if (result === text) throw new Error(`${file} has nothing like ${part}`);
  return Buffer.from(result);
}

const lightgbm = (part: RegExp, by: string | ((text: string) => string)) => () =>
  changed('lightgbm-4.7.0/categories.txt', part, by);
const xgboost = (part: RegExp, by: string | ((text: string) => string)) => () =>
  changed('xgboost-3.2.0/binary.json', part, by);

/** Each number of a list as 0: every node of a tree has its root for a child. */
const zeros = (text: string) => text.replace(/-?\d+(?=[ ,\]\n]|$)/g, '0');

/** `{"learner": ...` of UBJSON. */
const ubjson = (rest: string) => latin1(`{L\0\0\0\0\0\0\0\x07learner${rest}`);

/** A graph in an attribute of a node of a graph, and so on. */
function nestedGraphs(depth: number): Buffer {
  let graph: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) {
    const writer = new ProtobufWriter();
    writer.message(1, (node) => {
      node.text(4, 'If');
      node.message(5, (attribute) => attribute.bytes(6, graph));
    });
    graph = writer.finish();
  }
  const model = new ProtobufWriter();
  model.integer(1, 8);
  model.bytes(7, graph);
  model.message(8, (operators) => operators.integer(2, 17));
  return Buffer.from(model.finish());
}

/** A model whose only tensor lies in another file. */
function tensorElsewhere(location: string): Buffer {
  const model = new ProtobufWriter();
  model.integer(1, 8);
  model.message(7, (graph) => {
    graph.message(1, (node) => {
      node.text(1, 'w');
      node.text(2, 'y');
      node.text(4, 'Identity');
    });
    graph.message(5, (tensor) => {
      tensor.integers(1, [8]);
      tensor.integer(2, 1);
      tensor.text(8, 'w');
      tensor.message(13, (entry) => {
        entry.text(1, 'location');
        entry.text(2, location);
      });
      tensor.integer(14, 1); // EXTERNAL
    });
    for (const [field, name] of [
      [11, 'x'],
      [12, 'y'],
    ] as const) {
      graph.message(field, (value) => {
        value.text(1, name);
        value.message(2, (type) => type.message(1, (tensor) => tensor.integer(1, 1)));
      });
    }
  });
  model.message(8, (operators) => operators.integer(2, 17));
  return Buffer.from(model.finish());
}

export function documents(): Hostile[] {
  const codes = /^E_(FORMAT|LIMIT|UNSUPPORTED|FILE)$/;
  const limit = /^E_LIMIT$/;
  const million = 1_000_000;
  const light: readonly (readonly [string, () => Buffer, RegExp?])[] = [
    ['a LightGBM tree that is its own child', lightgbm(/left_child=[^\n]+/, zeros)],
    ['LightGBM leaves without end', lightgbm(/num_leaves=\d+/, 'num_leaves=2147483647'), limit],
    ['LightGBM classes without end', lightgbm(/num_tree_per_iteration=\d+/, 'num_tree_per_iteration=2000000000')],
    ['LightGBM columns without end', lightgbm(/max_feature_idx=\d+/, 'max_feature_idx=2000000000'), limit],
    ['LightGBM categories beyond the end', lightgbm(/cat_boundaries=[^\n]+/, 'cat_boundaries=0 2000000000')],
    ['an XGBoost tree that is its own child', xgboost(/"left_children":\[[^\]]*\]/, zeros)],
    ['XGBoost classes without end', xgboost(/"num_class":"\d+"/, '"num_class":"2000000000"'), limit],
    ['XGBoost columns without end', xgboost(/"num_feature":"\d+"/g, '"num_feature":"2000000000"'), limit],
    ['UBJSON in UBJSON', () => ubjson('['.repeat(million)), limit],
    ['a UBJSON list of gigabytes', () => ubjson('[$d#l\x7f\xff\xff\xff')],
    ['a UBJSON list of nothings', () => ubjson('[$Z#l\x7f\xff\xff\xff')],
    ['UBJSON values without end', () => ubjson('[#l\x7f\xff\xff\xff')],
    ['ONNX graphs in ONNX graphs', () => nestedGraphs(5000)],
    ['an ONNX field of gigabytes', () => latin1('\x08\x08\x3a\xff\xff\xff\xff\x7fabc')],
    ...['../../../../etc/passwd', '/etc/passwd', 'C:\\windows\\win.ini', 'a/../../b', '.', ''].map(
      (location) => [`an ONNX tensor at "${location}"`, () => tensorElsewhere(location)] as const,
    ),
  ];
  const heavy: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['JSON in JSON', () => latin1(`{"learner":${'['.repeat(20 * million)}`), limit],
    [
      'JSON objects in JSON objects',
      () => latin1(`{"learner":${'{"a":'.repeat(2 * million)}1${'}'.repeat(2 * million)}}`),
      codes,
    ],
    ['UBJSON lists without end', () => ubjson(`[${'[]'.repeat(20 * million)}`), limit],
    ['UBJSON objects without end', () => ubjson(`[${'{}'.repeat(20 * million)}`), limit],
  ];
  return [
    ...light.map(([name, bytes, right = codes]) => ({ name, bytes, codes: right })),
    ...heavy.map(([name, bytes, right]) => ({ name, bytes, codes: right, heavy: true as const })),
  ];
}
