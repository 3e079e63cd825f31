/** Models of BentoML: `model.yaml`, and beside it what the library saved; exported as a tar named `.bentomodel`. */
import { posix } from 'node:path';
import { SlipwayError } from '../../model/error';
import { excerpt } from '../../model/text/quote';
import type { Members } from '../archives/archive';
import { described, readDescription } from './description';
import type { Source } from './source';

/** Modules of BentoML whose models are in one file of a format that is read. */
const MODULES = ['bentoml.sklearn', 'bentoml.xgboost', 'bentoml.lightgbm', 'bentoml.onnx'];

/** @returns undefined when there is no model.yaml of BentoML */
export function bentoModel(file: string, members: Members): Source | undefined {
  const [member] = described(members, 'model.yaml');
  if (!member) return undefined;
  const where = `${file}: ${member.name}`;
  const { module, bentoml_version: _, ...rest } = readDescription(where, member);
  if (typeof module !== 'string' || !('api_version' in rest)) return undefined;
  if (!MODULES.includes(module)) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${where}: was saved by ${excerpt(module)}, and models of ${MODULES.join(', ')} are read; save the model by one of these, or pack its own file`,
    );
  }
  const folder = posix.dirname(member.name);
  const saved = [...members.values()].filter(
    ({ name }) => posix.dirname(name) === folder && posix.basename(name).startsWith('saved_model.'),
  );
  const [model] = saved;
  if (!model || saved.length > 1) {
    throw new SlipwayError(
      'E_FORMAT',
      `${where}: has ${saved.length} files named saved_model beside it, and should have one`,
    );
  }
  return { file: posix.basename(model.name), bytes: model.read(), from: `a BentoML model (${module})` };
}
