/** A tar with a model file in it, as SageMaker keeps models: `model.tar.gz`. */
import { posix } from 'node:path';
import { SlipwayError } from '../../model/error';
import type { Members } from '../archives/archive';
import type { Source } from './source';

/** Names of model files; SageMaker's own XGBoost writes `xgboost-model`. */
const MODEL_FILE =
  /\.(joblib|pkl|pickle|skops|onnx|ubj|json|txt|bst|lgb|model)(\.(gz|bz2|xz|z|lz4))?$|^xgboost-model$/i;
/** Texts that stand beside models. */
const OTHER_FILE = /^(requirements.*|readme.*|license.*|.*config.*|.*metadata.*|golden)\.(txt|json)$/i;

/** Folder of SageMaker's Python containers, whose code may change what a request or an answer is. */
const CODE = 'code/';
const MOST_LISTED = 8;

/**
 * @param part the path of one of its files; undefined for the only one that may be a model
 * @throws SlipwayError E_USAGE when it has none or several
 */
export function onlyModel(file: string, members: Members, part: string | undefined): Source {
  const names = [...members.keys()];
  const models = names.filter((name) => {
    const base = posix.basename(name);
    return !name.startsWith(CODE) && MODEL_FILE.test(base) && !OTHER_FILE.test(base);
  });
  const chosen = part ?? (models.length === 1 ? models[0] : undefined);
  const model = chosen === undefined ? undefined : members.get(chosen);
  if (!model) {
    const listed = (all: readonly string[]) =>
      `${all.slice(0, MOST_LISTED).join(', ')}${all.length > MOST_LISTED ? ', ...' : ''}` || 'no file';
    const found = models.length === 0 ? 'no model file' : `${models.length} files that may be the model`;
    const what = part === undefined ? `${found} in it` : `no file ${JSON.stringify(part)} in it`;
    throw new SlipwayError(
      'E_USAGE',
      `${file}: has ${what} (${listed(models.length === 0 ? names : models)}); name one, as in ${file}#${models[0] ?? 'model.joblib'}`,
    );
  }
  const code = names.filter((name) => name.startsWith(CODE) && name.endsWith('.py'));
  return {
    file: posix.basename(model.name),
    bytes: model.read(),
    from: 'a tar, as SageMaker keeps models',
    ...(code.length > 0 && {
      warnings: [
        `${file} has code in it (${code.slice(0, MOST_LISTED).join(', ')}), which is not run: what it does to requests and answers is not in the package`,
      ],
    }),
  };
}
