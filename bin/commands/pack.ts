import type { Command } from 'commander';
import { pack } from '../../lib/packaging/pack';
import { print, printJson, progress } from '../output';

interface PackFlags {
  golden?: string;
  name: string;
  out: string;
  json?: boolean;
}

export function addPack(program: Command): void {
  program
    .command('pack')
    .summary('turn a model file into a verified model package')
    .description(
      'Read a joblib or pickle file without running it, convert the model to ONNX in double precision, and check it\n' +
        'against golden rows: inputs with the predictions that scikit-learn gave for them.',
    )
    .argument('<file>', 'the model file, e.g. model.joblib')
    .option('--golden <file>', 'golden rows, JSON: {"inputs": [...], "predict": [...], "predict_proba": [...]}')
    .requiredOption('--name <name>', 'name of the model: lower-case letters, digits and hyphens')
    .requiredOption('--out <folder>', 'the model package to write, e.g. models/credit-risk')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Example:
  slipway pack model.joblib --golden golden.json --name credit-risk --out models/credit-risk

Write golden rows beside joblib.dump, where the model was trained:
  json.dump({"inputs": X[:40].to_dict("records"),
             "predict": model.predict(X[:40]).tolist(),
             "predict_proba": model.predict_proba(X[:40]).tolist()}, open("golden.json", "w"))`,
    )
    .action(async (file: string, flags: PackFlags) => {
      const result = await pack({ file, ...flags, onProgress: progress });
      const { manifest, digest, directory } = result.package;
      if (flags.json) {
        printJson({ directory, digest, verified: manifest.golden !== undefined, manifest });
        return;
      }
      print(`${directory}: ${manifest.name}, version ${digest.slice(0, 12)}`);
      print(`  from       ${manifest.source.file} (${manifest.source.estimators.join(' > ')})`);
      print(`  inputs     ${manifest.signature.columns.length} columns`);
      print(`  outputs    ${manifest.signature.outputs.map((output) => output.name).join(', ')}`);
      if (manifest.golden && result.replay) {
        print(
          `  verified   ${manifest.golden.rows} golden rows hold, largest difference ${result.replay.maximumDifference.toExponential(1)}`,
        );
      } else {
        print('  UNVERIFIED no golden rows: nobody has recorded what the model must answer (--golden)');
      }
    });
}
