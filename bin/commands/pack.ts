import { type Command, InvalidArgumentError, Option } from 'commander';
import { BATCHES } from '../../lib/model/package/batch';
import { isVerified } from '../../lib/model/package/manifest';
import { type PackOptions, pack } from '../../lib/packaging/pack';
import { packedText } from '../../lib/report';
import { withLocalFiles } from '../project/bucket-files';
import { savedFolder } from '../project/saved-folder';
import { hint, print, printJson, progress } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

interface PackFlags extends Omit<PackOptions, 'file' | 'onProgress' | 'isolated'> {
  json?: boolean;
}

export function addPack(program: Command): void {
  program
    .command('pack')
    .description(
      'Read a model file without running it, convert the model to ONNX in double precision, and check it against ' +
        'golden rows: inputs with the predictions that the library gave for them.',
    )
    .argument(
      '<files...>',
      'the model file, e.g. model.joblib; or several in the order of the data: scaler.pkl model.pkl. Also a folder of ' +
        'MLflow, an archive of SageMaker or BentoML (model.tar.gz#model.joblib names a file in it), a skops file, s3://bucket/key#sha256=...',
    )
    .option(
      '--golden <file>',
      'golden rows: JSON {"inputs": [...], "predict": [...], "predict_proba": [...]}, CSV or Parquet',
    )
    .option('--select <part>', 'a part of a dict or tuple: pipeline, 0, parts.model; several with commas: scaler,model')
    .option(
      '--labels <file>',
      'a LabelEncoder whose labels the integers stand for; a part of a file as parts.pkl#encoder',
    )
    .option('--threshold <p>', 'probability from which on the second of two classes is the label', probability)
    .option(
      '--data <file>',
      'training rows, CSV or Parquet: names of the columns, where values may be missing, and their distribution',
    )
    .addOption(
      new Option(
        '--ties <rule>',
        'where neighbours are equally far away and answer differently: first, the first of training counts',
      ).choices(['first']),
    )
    .addOption(
      new Option(
        '--batch <what>',
        'whole: a request is a run of its own, for ONNX files whose rows depend on each other',
      )
        .choices(BATCHES)
        .default('rows'),
    )
    .option(
      '--missing <value>',
      'what XGBoost was given as missing= in training, a number or nan: .json and .ubj files do not hold it',
      missingValue,
    )
    .option('--allow-untested', 'convert versions outside of the tested range too, with a warning in the package')
    .requiredOption('--name <name>', 'name of the model: lower-case letters, digits and hyphens')
    .requiredOption('--out <folder>', 'the model package to write, e.g. models/credit-risk')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  slipway pack model.joblib --golden golden.json --name credit-risk --out models/credit-risk
  slipway pack scaler.pkl model.pkl --labels encoder.pkl --name iris --out models/iris
  slipway pack mlruns/0/models/m-1234/artifacts --golden golden.json --name iris --out models/iris
  slipway pack model.onnx --data training.csv --golden golden.csv --name iris --out models/iris

Write golden rows where the model was trained ("slipway python-helper" gives the file for it):
  save(model, X, y, "credit")
  slipway pack credit --name credit-risk --out models/credit-risk`,
    )
    .action(async (file: string[], { json, ...flags }: PackFlags) => {
      const packed = await withLocalFiles(file, progress, (files) =>
        pack({ ...savedFolder(files, flags, progress), onProgress: progress }),
      );
      if (json) {
        const { manifest, digest, directory } = packed.package;
        printJson({ directory, digest, verified: isVerified(manifest), manifest });
      } else print(packedText(packed));
      hint(`npx slipway profile ${shellWord(flags.out)}`);
    });
}

function missingValue(text: string): number | 'nan' {
  if (text.toLowerCase() === 'nan') return 'nan';
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number or nan.');
  return value;
}

function probability(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be a number above 0 and at most 1.');
  return value;
}
