/** What a converter is: the knowledge of how one family of fitted estimators computes, as a graph. */
import type { ComputeClass } from '../../model/package/manifest';
import type { ElementType, Label, Method } from '../../model/rows/signature';
import { limitError } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { Estimator } from './estimator';
import type { ColumnType } from './feature-column';
import { type Features, TextGiven } from './features';
import { Steps } from './steps';
import type { Training } from './trained-on';
import type { Release } from './version';

export interface Output {
  /** Shape `[rows]` when `width` is 1, otherwise `[rows, width]`. */
  readonly value: Value<ElementType>;
  readonly width: number;
}

/** The answers of a model's methods. */
export interface Prediction {
  readonly outputs: Partial<Record<Method, Output>> & { readonly predict: Output };
  /** Class labels in the order of the columns of `predict_proba`. */
  readonly classes?: readonly Label[];
  readonly computeClass: ComputeClass;
  /** Whether the estimator computes in single precision, so that its answers hold to about seven digits. @default false */
  readonly singlePrecision?: boolean;
  /** What says what counts as missing to a booster, where its file does not: somebody, or nobody, and NaN is taken for all of it. */
  readonly missing?: 'given' | 'assumed';
}

/** The types of X's columns; undefined when all are numbers. */
export type InputTypes = readonly ColumnType[] | undefined;

export interface Converter {
  /** Full names of the classes it knows, exactly; the first is today's, the others are those of old releases. */
  readonly classNames: readonly string[];

  /** The release that brought a class, by the last part of its name, for those that the oldest tested one did not have. */
  readonly since?: Readonly<Record<string, Release>>;

  /**
   * Attributes that it reads itself: of its estimator, and of the objects inside that it looks into. It gets to see no
   * others. What helpers read, and the converters of estimators inside, is theirs to declare (`Estimator.readBy`).
   */
  readonly reads: readonly string[];

  /**
   * For a class of another library than scikit-learn, whose version is not looked at then: which one, and its
   * version where the file says.
   */
  library?(estimator: Estimator): { readonly name: string; readonly version?: string };

  /** What X was in training. Absent when the attributes say so that scikit-learn has for it. */
  trainedOn?(estimator: Estimator): Training;

  /** For an estimator made of others: the one that is given X. Absent when that is the estimator itself. */
  entry?(estimator: Estimator): Estimator;

  /**
   * What each column of X must be, for an estimator that is given text or leaves columns unused. Absent when all
   * are numbers, or when `entry` tells.
   */
  inputTypes?(estimator: Estimator, typesOf: (inner: Estimator) => InputTypes): InputTypes;

  /** What `estimator.transform(X)` computes. Absent when it has no such method. */
  transform?(estimator: Estimator, input: Features, conversion: Conversion): Features;

  /** What `estimator.predict(X)` and its kin compute. Absent when it has no such method. */
  predict?(estimator: Estimator, input: Features, conversion: Conversion): Prediction;
}

/** Estimators in one model. Sharing lets a file of a few kilobytes hold as many as it likes. */
const MAXIMUM_ESTIMATORS = 10_000;

/** One model under conversion. */
export class Conversion {
  /** Full class names in the order in which they were met: from the outside in, and along the way of the data. */
  readonly classNames: string[] = [];
  /** Versions of the libraries of its estimators, as far as the file says. */
  readonly libraries: Record<string, string> = {};
  /** What its estimators answer, members of others among them. */
  readonly predictions: Prediction[] = [];
  /** What its steps make of X. */
  readonly steps = new Steps();

  /** @param converterOf gives the converter of an estimator, or refuses it */
  constructor(
    readonly graph: GraphBuilder,
    private readonly converterOf: (estimator: Estimator) => Converter,
  ) {}

  transform(estimator: Estimator, input: Features): Features {
    const converter = this.meet(estimator);
    const { transform } = converter;
    if (transform) {
      return this.steps.keep(estimator.path, () => refusingText(estimator, () => transform(estimator, input, this)));
    }
    throw estimator.unsupported(
      `is ${estimator.className}, whose transform is not converted, but stands before the last step; docs/reference/models.md lists what may stand there`,
    );
  }

  predict(estimator: Estimator, input: Features): Prediction {
    const converter = this.meet(estimator);
    const { predict } = converter;
    if (predict) {
      const prediction = refusingText(estimator, () => predict(estimator, input, this));
      this.predictions.push(prediction);
      return prediction;
    }
    throw estimator.unsupported(
      `is ${estimator.className}, which has no predict; save the whole pipeline, with the estimator that predicts as its last step, or give the files of both in the order of the data, as in slipway pack vectorizer.pkl model.pkl`,
    );
  }

  private meet(estimator: Estimator): Converter {
    if (this.classNames.length >= MAXIMUM_ESTIMATORS) {
      throw limitError(estimator.file, 'has too many estimators', `${MAXIMUM_ESTIMATORS} estimators`);
    }
    this.classNames.push(estimator.className);
    const converter = this.converterOf(estimator);
    const library = converter.library?.(estimator);
    if (library?.version !== undefined) this.libraries[library.name] = library.version;
    return converter;
  }
}

/** Says which estimator it is that is given text, and can do nothing with it. */
function refusingText<T>(estimator: Estimator, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof TextGiven)) throw error;
    const names = error.columns.slice(0, 5).map((name) => `"${name}"`);
    throw estimator.unsupported(
      `(${estimator.className}) is given columns of text: ${names.join(', ')}${error.columns.length > names.length ? ', ...' : ''}; encode them first, as with OneHotEncoder`,
    );
  }
}
