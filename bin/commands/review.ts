import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { DEFAULT_SHADOW } from '../../lib/model/instance/handler-settings';
import { modelsReviewText, planDifferenceText, templatesReviewText } from '../../lib/report';
import { keepComment, markerOf } from '../review/comment';
import { endpointsOf, reviewModels } from '../review/models';
import { type CommentApi, commentApi, SYSTEMS, type System } from '../review/systems';
import { type StackDifference, templateDifferences } from '../review/templates';
import { type DifferenceOptions, planDifference, planJson, refuse } from '../stage/plan-difference';
import * as read from '../terminal/arguments';
import { DATA, type DataFlags, TARGET, TOLERANCE } from '../terminal/data-options';
import { notice, print, printJson, progress } from '../terminal/output';

interface ReviewFlags extends DataFlags, DifferenceOptions {
  accept?: boolean;
  app: string;
  baseApp?: string;
  comment?: System;
  json?: boolean;
}

export function addReview(program: Command): void {
  program
    .command('review')
    .description(
      'Say what the working directory changes of another commit, as Markdown for a pull request: fleets and bills with the ' +
        'reasons, what the models answer otherwise, and what changes in the templates. Exit status 1 as of "plan --diff", and ' +
        'for golden rows that do not hold.',
    )
    .argument('<commit>', 'a branch, tag or commit to compare with')
    .option('--stage <name>', 'only this stage of slipway.yaml')
    .option('--data <file>', DATA)
    .option('--target <column>', TARGET)
    .option('--tolerance <percent>', TOLERANCE, read.percent, DEFAULT_SHADOW.tolerance)
    .option('--app <folder>', 'the cloud assembly of the working directory, as "cdk synth" wrote it', 'cdk.out')
    .option('--base-app <folder>', 'the cloud assembly of the commit (default: templates are not compared)')
    .option('--accept', 'changes that no deployment makes to a running stage are known, and do not fail')
    .addOption(
      new Option(
        '--comment <system>',
        'write it as a comment of the pull request too, or bring that one up to date; the token is in the environment',
      ).choices(SYSTEMS),
    )
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  slipway review main
  slipway review HEAD^1 --data held-out.csv --base-app base/cdk.out --comment github`,
    )
    .action(review);
}

async function review(commitName: string, flags: ReviewFlags): Promise<void> {
  const { stage, config: path, accept } = flags;
  const plans = await planDifference(commitName, { config: path, ...(stage !== undefined && { stage }) });
  const models = await reviewModels(
    plans.commit,
    endpointsOf(plans.base, stage),
    endpointsOf(plans.head, stage),
    flags,
  );
  const templates = flags.baseApp === undefined ? undefined : await templatesOf(flags.baseApp, flags.app);
  const text = (folds: boolean) =>
    [
      planDifferenceText(commitName, plans.changes, plans.problem, plans.shared),
      modelsReviewText(models),
      ...(templates ? [templatesReviewText(templates, folds)] : []),
    ].join('\n');
  if (flags.json) printJson({ ...planJson(plans), models, ...(templates && { templates }) });
  else print(text(true));
  refuse(plans, accept);
  if (models.models.some(({ difference }) => difference?.head.goldenDiffering)) process.exitCode = 1;
  if (flags.comment) await comment(flags.comment, markerOf(path, stage), text);
}

/** A base that cannot be synthesised, of an older Slipway say, is not what is under review. */
async function templatesOf(base: string, head: string): Promise<StackDifference[] | undefined> {
  if (existsSync(join(base, 'manifest.json'))) return templateDifferences(base, head);
  notice(`warning: templates are not compared: ${base} is no cloud assembly; "npx cdk synth" writes one`);
  return undefined;
}

/** Without a comment the review stands all the same, where the job prints it: that is no reason to fail. */
async function comment(system: System, marker: string, text: (folds: boolean) => string): Promise<void> {
  let api: CommentApi;
  try {
    api = commentApi(system, process.env);
    progress(`${await keepComment(api, marker, `${marker}\n\n${text(api.folds)}`)} the comment of the pull request`);
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    notice(`warning: the comment was not written: ${error.message}`);
  }
}
