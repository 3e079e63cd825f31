/** The booster inside a pickled wrapper: the bytes that the library's own serialisation put there. */

import type { Estimator, Reader } from '../estimator/estimator';
import { Global, PyObject } from '../joblib';
import type { BoosterModel } from './booster-model';
import { parseUbjson } from './ubjson';
import { parseJson, Section } from './xgboost-document';

export const XGBOOST_BOOSTER = 'xgboost.core.Booster';
export const LIGHTGBM_BOOSTER = 'lightgbm.basic.Booster';

const WRAPPER: Reader = { reads: ['_Booster'] };
const HANDLE: Reader = { reads: ['handle', '_handle'] };

/** The booster that a wrapper holds; the estimator itself when it is one. */
export function boosterOf(estimator: Estimator, className: string): Estimator {
  if (estimator.className === className) return estimator;
  const booster = estimator.readBy(WRAPPER).get('_Booster');
  if (!(booster instanceof PyObject) || booster.callee.fullName !== className) {
    throw estimator.unsupported(
      `(${estimator.className}) has no booster in it: it was saved before it was fitted; call fit first`,
    );
  }
  return estimator.child(booster);
}

/** The document `{Config, Model}` of a pickled XGBoost booster, down to `Model`. */
export function xgboostDocument(booster: Estimator): Section {
  const handle = booster.readBy(HANDLE).get('handle');
  if (!(handle instanceof Uint8Array) || handle.length === 0) throw booster.damaged('it has no handle');
  const older = booster.unsupported(
    `(${booster.className}) is in a binary format of XGBoost before 1.6, which is not read; re-save with xgboost >= 1.7 as .json, or pickle it again there`,
  );
  if (handle[0] !== 0x7b) throw older; // '{' begins UBJSON and JSON alike
  const isText = handle[1] === 0x22 || handle[1] === 0x0a || handle[1] === 0x20;
  const root = isText ? parseJson(booster.file, handle) : parseUbjson(booster.file, handle);
  const document = root === undefined ? undefined : Section.of(booster.file, root);
  if (!document?.has('Model')) throw older;
  return document.section('Model');
}

/** The text of a pickled LightGBM booster. */
export function lightgbmText(booster: Estimator): Uint8Array {
  const own = booster.readBy(HANDLE);
  const handle = own.get('_handle') ?? own.get('handle');
  if (typeof handle !== 'string') throw booster.damaged('it has no text in its handle');
  return Buffer.from(handle, 'utf8');
}

const READ = new WeakMap<PyObject, BoosterModel>();

/** A booster from a file of its own as the object that a pickle of it would hold: something that can stand in a pipeline. */
export function asObject(model: BoosterModel): PyObject {
  const name = model.library === 'xgboost' ? XGBOOST_BOOSTER : LIGHTGBM_BOOSTER;
  const dot = name.lastIndexOf('.');
  const object = new PyObject(new Global(name.slice(0, dot), name.slice(dot + 1)), []);
  READ.set(object, model);
  return object;
}

/** Reads the model of an estimator once, however often it is asked for. */
export function readOnce(estimator: Estimator, read: () => BoosterModel): BoosterModel {
  const model = READ.get(estimator.object) ?? read();
  READ.set(estimator.object, model);
  return model;
}
