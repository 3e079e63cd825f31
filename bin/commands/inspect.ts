import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Inspection } from '../../lib/model/package/inspection';
import { runInChild } from '../../lib/packaging/conversion/child';
import { isTransformerWeights, readTransformerWeights } from '../../lib/packaging/inspect/transformer-weights';
import { inspectionText, type TransformerReport, transformerText } from '../../lib/report';
import { DEFAULT_REGION, fittingTypes, loadCatalogue, type TextLoad, transformerMemory } from '../../lib/sizing';
import { positiveInteger, region } from '../terminal/arguments';
import { print, printJson, progress } from '../terminal/output';

interface InspectFlags extends TextLoad {
  readonly json?: boolean;
  readonly region: string;
}

function transformerReport(file: string, { sequences, tokens }: TextLoad, prices: string): TransformerReport {
  const weights = readTransformerWeights(file);
  const load = { sequences, tokens };
  const { attention } = weights;
  if (!attention) return { weights, load, types: [] };
  return {
    weights,
    load,
    memory: transformerMemory(weights, attention, load),
    types: fittingTypes(loadCatalogue(prices), weights, attention, load),
  };
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description(
      'Show what a model file holds as a tree: steps, options, shapes, versions, and whether it can be packed and why not. ' +
        'The file is read as data; nothing that it names is run.',
    )
    .argument('<file>', 'the model file, e.g. model.joblib')
    .option('--json', 'print the tree as JSON')
    .option('--sequences <number>', 'of a transformer (.safetensors): texts at the same time', positiveInteger, 1)
    .option('--tokens <number>', 'of a transformer: tokens of each text, question and answer', positiveInteger, 4096)
    .option('--region <name>', 'of a transformer: whose prices to tell', region, DEFAULT_REGION)
    .action(async (file: string, flags: InspectFlags) => {
      if (isTransformerWeights(file)) {
        const report = transformerReport(file, flags, flags.region);
        if (flags.json) printJson(report);
        else print(transformerText(report).trimEnd());
        return;
      }
      const { result } = await runInChild<Inspection>({ name: 'inspect', request: file }, basename(file), progress);
      if (flags.json) printJson(result);
      else print(inspectionText(result));
    });
}
