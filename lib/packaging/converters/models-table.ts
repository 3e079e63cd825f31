/** The table of what is converted, for docs/reference/models.md: made from the converters, so it is never out of date. */
import { XGBOOST_RANGE } from '../boosters/xgboost';
import { TESTED_RANGE } from '../estimator/version';
import { CONVERTERS } from './registry';

/** Markdown. `npm run docs:models` writes it to docs/reference/models.md, and a test compares the two. */
export function modelsTable(): string {
  const rows = new Map<string, Map<string, { predicts: boolean; since: string | undefined }>>();
  for (const { classNames, predict, since } of CONVERTERS) {
    for (const fullName of classNames) {
      const parts = fullName.split('.');
      const module = parts[0] === 'sklearn' ? parts.slice(0, 2).join('.') : parts[0]!;
      const classes = rows.get(module) ?? new Map();
      const name = parts.at(-1)!;
      const predicts = classes.get(name)?.predicts || predict !== undefined;
      classes.set(name, { predicts, since: since?.[name] });
      rows.set(module, classes);
    }
  }
  const lines = [...rows].sort(byName).map(([module, classes]) => {
    const names = [...classes]
      .sort(byName)
      .map(([name, { predicts, since }]) => `${predicts ? `**${name}**` : name}${since ? ` (since ${since})` : ''}`);
    return `| \`${module}\` | ${names.join(', ')} |`;
  });
  return `# What is converted

<!-- Made from the converters by \`npm run docs:models\`. -->

Fitted estimators of scikit-learn ${TESTED_RANGE} by the full name of their class, from each of these releases that has it. Those in bold can be
the last step of a model, the others stand before it; pipelines and searches do what the estimators in them do. A class of the
same short name from elsewhere is another class and is refused, and so is an option that cannot be converted exactly: the message
names the step, the option and the ways out.

| module | classes |
| --- | --- |
${lines.join('\n')}

Models of nearest neighbours, \`KNNImputer\`, \`KernelRidge\`, \`Nystroem\`, \`KernelPCA\`, \`LocalOutlierFactor\` and a Gaussian process contain rows of training, and so does their package. Where training rows that answer differently are
equally near, scikit-learn's own choice depends on how it searched. A model whose own rows of training, or such mixed from them, have such ties is refused, with the share that has; \`--ties first\` packs it all the same, with the first of
training as the nearer one, which on those rows may be another answer than scikit-learn's: keep golden rows. In any other model a row of a request with such a tie is refused as one that has no certain answer (422); so is one that is
so far away from all of training that distances round to the same, which a \`GaussianMixture\` and a \`NearestCentroid\` cannot answer either.

What a step computes may differ from the library's in the last bit, since libraries of functions do. Where a later step compares it with numbers that fitting learnt from such (edges of bins, quantiles, categories,
thresholds of \`HistGradientBoosting\`), what is within rounding of one counts as that one.

\`KNNImputer\` takes its neighbours by distances that scikit-learn rounds. Where training rows show that rounding decides, the model is refused; in a column that had no missing value in training, it accepts none.
Several values missing in one row may leave a tie that no training row shows: a request with such a row is refused as one whose value does not fit (422), and so are golden rows.

\`Nystroem\` and \`KernelPCA\` with more components than their kernel has directions are refused: the others hold what is left of rounding, enlarged up to a million times, and scikit-learn itself gives a row alone an answer that differs
from the one it gives among others, by 1e-9 up to 1e-6 of it.

Pipelines of imbalanced-learn leave their samplers out, as they do in \`predict\`.

\`IterativeImputer\` answers a row of missing values only as scikit-learn does beside other rows; it leaves its rounds out where a request has no other rows than such.

A model of several targets answers \`predict\` with a row of labels or numbers. \`MultiOutputClassifier\` answers that alone: its \`predict_proba\` is a list of tables, one for each target.
\`ClassifierChain\` answers numbers, as scikit-learn does, and where every target has two classes the probabilities and scores of the second ones. For one target the answer is a value a row, also where
scikit-learn gives rows of one value, as after \`fit\` with a \`y\` of one column.

A \`Booster\` without its wrapper answers as the wrapper would: where its objective has classes, what \`Booster.predict\` gives is \`predict_proba\`, and \`predict\` gives the classes 0, 1, ...; golden rows are
to hold the same.

An \`XGBClassifier\` of several labels a row answers \`predict\` with a 1 or 0 for each of them, and \`predict_proba\` with the probability that each applies; so does its \`.json\`.

XGBoost ${XGBOOST_RANGE} and LightGBM 3 and 4 (formats v3 and v4) are converted. A field of their files that this version does not know is refused, also with \`--allow-untested\`: it may change the answers. What an estimator around a booster asks of it is
decided as in the release that wrote it: LightGBM's classifier has a \`decision_function\` since 4.7, so that a calibration of an older one is one of its probabilities.

XGBoost takes what a sparse matrix does not store for missing. Where a step may store some of its zeros, as \`QuantileTransformer\` does, which are missing cannot be told from the numbers, and XGBoost behind it is refused: give it a
dense matrix.

The \`.json\` and \`.ubj\` of XGBoost do not hold the \`missing=\` that its wrapper was given. NaN (\`null\`) is taken for it alone, and \`pack\` says so where no golden rows show that it is right; \`--missing -999\` tells it another value.

Besides joblib and pickle files, \`pack\` reads XGBoost's \`.json\` and \`.ubj\`, LightGBM's \`.txt\`, and \`.onnx\` files of other exporters. A file of
XGBoost or LightGBM may stand behind the file of its preprocessing: \`slipway pack scaler.pkl model.json\`.

\`slipway inspect FILE\` shows what is inside a file, what of it converts and what does not, without converting it.
`;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
