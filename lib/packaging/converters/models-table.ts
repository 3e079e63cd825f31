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

This lists fitted estimators of scikit-learn ${TESTED_RANGE} by the full name of their class. Each is read from all of these
releases that have it. Estimators in bold can be the last step of a model, the others stand before it. Pipelines and
searches do what the estimators in them do.

A class of the same short name from elsewhere is another class and is refused. So is an option that cannot be converted
exactly. The message names the step and the option, and says
what you can do instead.

| module | classes |
| --- | --- |
${lines.join('\n')}

## Nearest neighbours and training rows

Some models contain rows of training, and so does their package: models of nearest neighbours, \`KNNImputer\`,
\`KernelRidge\`, \`Nystroem\`, \`KernelPCA\`, \`LocalOutlierFactor\` and a Gaussian process.

**Ties.** Training rows that answer differently may be equally near. scikit-learn's own choice then depends on how it
searched. \`pack\` tries the model's own rows of training, and rows mixed from them. A model with such ties there is
refused, with the share of rows that have one. \`--ties first\` packs it all the same and takes the first row of training
as the nearer one. On those rows that may be another answer than scikit-learn's, so keep golden rows.

In any other model a row of a request with such a tie is refused (422), since it has no certain answer. So is a row so
far away from all of training that distances round to the same. A \`GaussianMixture\` and a \`NearestCentroid\` cannot
answer such a row either.

**KNNImputer** takes its neighbours by distances that scikit-learn rounds. Where training rows show that rounding
decides, the model is refused. A column without a missing value in training accepts none. Several values missing in one
row may leave a tie that no training row shows. A request with such a row is refused (422), and so are golden rows.

**Nystroem and KernelPCA** with more components than their kernel has directions are refused. The other components hold
what is left of rounding, enlarged up to a million times. scikit-learn itself then answers a row alone otherwise than
among others, by 1e-9 up to 1e-6 of it.

## Rounding

What a step computes may differ from the library's in the last bit, since libraries of functions do. A later step may
compare it with numbers that fitting learnt from such values: edges of bins, quantiles, categories, thresholds of
\`HistGradientBoosting\`. There a number within rounding of a learnt one counts as that one.

## Pipelines and imputers

Pipelines of imbalanced-learn leave their samplers out, as they do in \`predict\`.

\`IterativeImputer\` answers a row of missing values only as scikit-learn does beside other rows. It leaves its rounds out
where a request has no other rows than such.

## Several targets and labels

A model of several targets answers \`predict\` with a row of labels or numbers. For one target the answer is one value a
row. That also holds where scikit-learn gives rows of one value, as after \`fit\` with a \`y\` of one column.

\`MultiOutputClassifier\` answers \`predict\` alone: its \`predict_proba\` is a list of tables, one for each target.

\`ClassifierChain\` answers numbers, as scikit-learn does. Where every target has two classes, it also answers the
probabilities and scores of the second ones.

An \`XGBClassifier\` of several labels a row answers \`predict\` with a 1 or 0 for each label. Its \`predict_proba\` has the
probability that each label applies. Its \`.json\` does the same.

## XGBoost and LightGBM

XGBoost ${XGBOOST_RANGE} and LightGBM 3 and 4 (formats v3 and v4) are converted. A field of their files that this version
does not know is refused, also with \`--allow-untested\`: it may change the answers. An estimator around a booster asks it
as in the release that wrote it. LightGBM's classifier has a \`decision_function\` since 4.7. So a calibration of an older
one uses probabilities.

A \`Booster\` without its wrapper answers as the wrapper would. Where its objective has classes, what \`Booster.predict\`
gives is \`predict_proba\`, and \`predict\` gives the classes 0, 1, ... Golden rows are to hold the same.

XGBoost takes what a sparse matrix does not store for missing. A step may store some of its zeros, as
\`QuantileTransformer\` does. Then missing values look like numbers, and XGBoost behind it is refused: give it a
dense matrix.

The \`.json\` and \`.ubj\` of XGBoost do not hold the \`missing=\` of its wrapper. Only NaN (\`null\`) counts as missing then.
\`pack\` says so where no golden rows show that it is right. \`--missing -999\` tells it another value.

## Files

Besides joblib and pickle files, \`pack\` reads XGBoost's \`.json\` and \`.ubj\`, LightGBM's \`.txt\`, and \`.onnx\` files of
other exporters. A file of XGBoost or LightGBM may stand behind the file of its preprocessing:
\`slipway pack scaler.pkl model.json\`.

\`slipway inspect FILE\` shows what is inside a file, what of it converts and what does not, without converting it.
`;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
