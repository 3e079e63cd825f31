/** Models of MLflow: a folder with `MLmodel`, which says by which libraries the model can be loaded, and from what file. */
import { posix } from 'node:path';
import { SlipwayError } from '../../model/error';
import { isRecord } from '../../model/formats/json';
import { parsePythonJson } from '../../model/formats/python-json';
import { MIB } from '../../model/units';
import type { Member, Members } from '../archives/archive';
import { beside, described, readDescription } from './description';
import type { Example, Source } from './source';

const MLMODEL = 'MLmodel';

/** Flavors that are read, with the key that names the file. The first one that a model has is taken. */
const FLAVORS: ReadonlyMap<string, string> = new Map([
  ['sklearn', 'pickled_model'],
  ['xgboost', 'data'],
  ['lightgbm', 'data'],
  ['onnx', 'data'],
]);

/** Files with inputs, in the forms of a request first. */
const EXAMPLES = ['serving_input_example.json', 'input_example.json'];

/** Inputs are a few; more is no example. */
const MOST_EXAMPLE_BYTES = 16 * MIB;
const MOST_ROWS = 5000;
const MOST_LISTED = 8;

/** @returns undefined when there is no MLmodel */
export function mlflowModel(file: string, members: Members): Source | undefined {
  const found = described(members, MLMODEL);
  const [member] = found;
  if (!member) return undefined;
  if (found.length > 1) {
    const names = found.slice(0, MOST_LISTED).map(({ name }) => posix.dirname(name));
    const more = found.length > MOST_LISTED ? ', ...' : '';
    throw new SlipwayError(
      'E_USAGE',
      `${file}: holds ${found.length} models of MLflow; name one: ${names.join(', ')}${more}`,
    );
  }
  const where = `${file}: ${member.name}`;
  const { flavors, saved_input_example_info: info } = readDescription(where, member);
  const known = isRecord(flavors) ? flavors : {};
  const [name, key] = [...FLAVORS].find(([flavor]) => isRecord(known[flavor])) ?? [];
  if (name === undefined) {
    const names = Object.keys(known).slice(0, MOST_LISTED).join(', ') || 'none';
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${where}: has the flavors ${names}, and ${[...FLAVORS.keys()].join(', ')} are read; a model of python_function alone runs code of its own, which is not in the file as data: pack the model inside of it`,
    );
  }
  const flavor = known[name] as Record<string, unknown>;
  const model = beside(where, member, members, flavor[key!]);
  const example = exampleOf(members, member, isRecord(info) ? info.artifact_path : undefined);
  return {
    file: posix.basename(model.name),
    bytes: model.read(),
    from: `an MLflow model (flavor ${name})`,
    ...(example && { example }),
  };
}

function exampleOf(members: Members, mlmodel: Member, saved: unknown): Example | undefined {
  const names = [...EXAMPLES, ...(typeof saved === 'string' ? [saved] : [])];
  for (const name of names) {
    const member = members.get(posix.join(posix.dirname(mlmodel.name), name));
    const inputs = member && member.bytes <= MOST_EXAMPLE_BYTES ? inputsOf(member) : undefined;
    if (inputs && inputs.length > 0) return { file: name, inputs: inputs.slice(0, MOST_ROWS) };
  }
  return undefined;
}

/** Of the forms that MLflow writes for frames and arrays; undefined for others, e.g. of texts for a language model. */
function inputsOf(member: Member): readonly unknown[] | undefined {
  let document: unknown;
  try {
    document = parsePythonJson(member.read().toString('utf8'), 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isRecord(document)) return undefined;
  const { dataframe_split: split, dataframe_records: records, inputs, instances } = document;
  if (isRecord(split) || 'columns' in document) return rowsOf(isRecord(split) ? split : document);
  return [records, inputs, instances].find((rows): rows is unknown[] => Array.isArray(rows));
}

function rowsOf({ columns, data }: Record<string, unknown>): readonly unknown[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const names = Array.isArray(columns) && columns.every((name) => typeof name === 'string') ? columns : undefined;
  if (!names) return data;
  const whole = data.every((row) => Array.isArray(row) && row.length === names.length);
  return whole ? data.map((row: unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]))) : undefined;
}
