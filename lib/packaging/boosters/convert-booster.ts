/** A stand-alone booster -> an ONNX model and its signature. */
import { SlipwayError } from '../../model/error';
import { assembleModel, type ConvertedModel, rawColumns } from '../estimator/assemble';
import type { VersionPolicy } from '../estimator/estimator';
import type { PyObject } from '../joblib';
import type { BoosterModel } from './booster-model';
import { categoryTypes, encodeCategories } from './categorical-input';
import { FORMATS } from './file';
import { asObject, LIGHTGBM_BOOSTER, XGBOOST_BOOSTER } from './handle';
import { predictBooster } from './prediction';
import { limitToFloat32 } from './xgboost-estimator';

/**
 * Convert a booster from a file of its own. One with classes answers as the wrappers for scikit-learn do: `predict`
 * gives labels (0, 1, ...) and `predict_proba` what `Booster.predict` gives.
 *
 * @param file name for messages
 * @throws SlipwayError E_UNSUPPORTED, E_FORMAT or E_LIMIT
 */
export function convertBooster(file: string, model: BoosterModel): ConvertedModel {
  const { library, version, width, names } = model;
  const unsupported = (what: string) => new SlipwayError('E_UNSUPPORTED', `${file}: the model ${what}`);
  const columns = rawColumns({ file, unsupported }, width, names, categoryTypes(model));
  const assembled = assembleModel(columns, names !== undefined, (graph, features) => {
    if (library === 'xgboost') limitToFloat32(features);
    return predictBooster(graph, encodeCategories(graph, features, model, file), model, file);
  });
  return {
    ...assembled,
    estimators: [library === 'xgboost' ? XGBOOST_BOOSTER : LIGHTGBM_BOOSTER],
    libraries: version === undefined ? {} : { [library === 'xgboost' ? 'XGBoost' : 'LightGBM']: version },
    singlePrecision: library === 'xgboost',
    ...(model.missingSaid && { missing: model.missingSaid }),
  };
}

/** The formats of stand-alone boosters, by name: how to tell one by its bytes, and how to convert it, alone or behind other steps. */
export const BOOSTER_FORMATS = FORMATS.map(({ name, matches, read }) => ({
  name,
  matches,
  convert: (file: string, bytes: Buffer, _width: number | undefined, versions: VersionPolicy): ConvertedModel =>
    convertBooster(file, read(file, bytes, versions)),
  asObject: (file: string, bytes: Buffer, versions: VersionPolicy): PyObject => asObject(read(file, bytes, versions)),
}));
