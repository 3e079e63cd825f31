/** From a model file to a folder that can be deployed: package, profile, plan, slipway.yaml, CDK app, pipeline. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseConfig } from '../../lib/config/load';
import { planFunction } from '../../lib/config/plan-function';
import { planStage } from '../../lib/config/plan-stage';
import { SlipwayError } from '../../lib/model/error';
import { requireWritable } from '../../lib/model/files/require-writable';
import { isVerified } from '../../lib/model/package/manifest';
import { type ModelPackage, writeProfile } from '../../lib/model/package/model-package';
import { undoAtEnd } from '../../lib/model/process/interruption';
import { pack } from '../../lib/packaging/pack';
import { profileModel } from '../../lib/profiling/profile';
import { functionText, planText } from '../../lib/report';
import { answersTo } from '../init/ask';
import { cdkApp, cdkJson } from '../init/cdk-app';
import { type Choice, cheapest, doorsOf, type Plan, type Tried, tryEach } from '../init/front-doors';
import { PIPELINES } from '../init/pipelines';
import { place, requireRoom } from '../init/place';
import { type Answers, NONE, QUESTIONS } from '../init/questions';
import { CONFIG, STAGE, slipwayYaml } from '../init/slipway-yaml';
import { handlerToProfile } from '../local/handler';
import { savedFolder } from '../project/saved-folder';
import { workspace } from '../project/workspace';
import { hint, notice, print, progress } from '../terminal/output';

interface InitFlags extends Partial<Answers> {
  profile: boolean;
  yes?: boolean;
}

/** What is taken of a folder is told by the answers. */
const NOTHING: { readonly data?: string } = {};

const CDK_JSON = 'cdk.json';

const UNCOMPARED =
  'warning: nothing was measured, so CloudFront was taken as it is usual; without --no-profile the cheapest front door is';

export function addInit(program: Command): void {
  const command = program
    .command('init')
    .description(
      'Make a folder that can be deployed of a model file: pack and profile it, plan it, and write slipway.yaml, a CDK ' +
        'app and, if it is wanted, a pipeline. Asks what the options do not say. Nothing that is there is changed, but for ' +
        'lines that are added to .gitignore.',
    )
    .argument('<file>', 'the model file, e.g. model.joblib, or the folder that slipway_save.py wrote');
  for (const { key, option, text, problem } of QUESTIONS) {
    command.addOption(
      new Option(option, lowered(text)).argParser((answer: string) => {
        const wrong = problem(answer);
        if (wrong !== undefined) throw new InvalidArgumentError(`${key === 'golden' ? answer : 'It'} ${wrong}.`);
        return answer;
      }),
    );
  }
  command
    .option('--no-profile', 'do not measure the model now: "slipway profile" does so before it can be planned')
    .option('--yes', 'ask nothing: what the options do not say is as it would be suggested')
    .addHelpText(
      'after',
      `
Examples:
  slipway init model.joblib
  slipway init model.joblib --yes --rps 50 --p99 40ms --ci github
  slipway init model.joblib --yes --rps 20 --mean-rps 3 --compute instances --tags team=risk
  slipway init model.joblib --domain claims.example.com --zone example.com --zone-id Z0EXAMPLE00`,
    )
    .action(init);
}

function lowered(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}

async function init(path: string, { profile: measured, yes, ...known }: InitFlags): Promise<void> {
  if (!existsSync(path)) throw new SlipwayError('E_FILE', `${path}: does not exist; name a model file`);
  const {
    file: [file = path],
    data,
  } = savedFolder([path], NOTHING, () => {});
  requireRoom([CONFIG]);
  requireWritable('.');
  if (!yes && !process.stdin.isTTY) {
    throw new SlipwayError('E_USAGE', 'nobody can be asked here; say --yes, and what is to be known by options');
  }
  const terminal = yes ? undefined : { input: process.stdin, output: process.stderr };
  const answers = await answersTo(QUESTIONS, known, file, terminal);
  const { name, golden, ci } = answers;
  const model = `models/${name}`;
  const configs = tryEach(doorsOf(answers), (door) => slipwayYaml(model, answers, door));
  const pipeline = ci === NONE ? undefined : PIPELINES[ci]!;
  const app = cdkApp(process.cwd());
  const ownApp = existsSync(CDK_JSON);
  const files = new Map([
    [CONFIG, ''],
    ...(ownApp ? [] : ([[CDK_JSON, cdkJson(app.command)]] as const)),
    ...(pipeline ? ([[pipeline.file, pipeline.text(STAGE)]] as const) : []),
  ]);
  requireRoom([model, ...files.keys()]);

  const { written, choice, door } = await inScratch(async (scratch) => {
    const packing = {
      file,
      ...(data !== undefined && { data }),
      name,
      out: join(scratch, name),
      onProgress: progressUnlessWritten,
    };
    const packed = await pack({ ...packing, ...(golden !== NONE && { golden }) });
    if (!isVerified(packed.package.manifest)) {
      progress('warning: without golden rows nobody knows whether it answers as it did in training');
    }
    const choice = measured ? await chosen(packed.package, configs) : undefined;
    const [usual] = configs.filter(([, config]) => typeof config === 'string');
    const { door } = choice ?? { door: usual![0] };
    files.set(CONFIG, configs.find(([each]) => each === door)![1] as string);
    return { choice, door, written: place({ model, from: packed.package.directory, files }) };
  });
  if (choice) print('compute' in choice.plan ? functionText(choice.plan) : planText(choice.plan));
  else if (configs.length > 1) progress(UNCOMPARED);
  if (choice?.reason) notice(choice.reason);
  for (const path of written) progress(`wrote ${path}`);
  if (ownApp) {
    progress(`${CDK_JSON} is that of your own app, and stays: deploy with --app "${app.command}"`);
  }
  if (pipeline) progress(`${pipeline.file} deploys what is merged once it has the ${pipeline.needs}`);
  const commands = [
    ...app.missing,
    ...(measured ? [] : [`npx slipway profile ${model}`, `npx slipway plan --stage ${STAGE}`]),
    ...(door === 'lambda' ? [] : ['npx slipway runtime']),
    `npx cdk deploy ${ownApp ? `--app "${app.command}" ` : ''}'${STAGE}/*'`,
  ];
  hint(commands.join(' && '));
}

/** Measures the model, plans the stage in each way that is open, and takes the cheapest. */
async function chosen(made: ModelPackage, configs: Tried<string>): Promise<Choice> {
  const handler = await handlerToProfile({ workspace: workspace(), fetch: true, onProgress: progress });
  const profile = await profileModel(made, { handler, onProgress: progress });
  writeProfile(made, profile);
  const texts = new Map(configs);
  const plans = tryEach([...texts.keys()], (door): Plan => {
    const text = texts.get(door)!;
    if (typeof text !== 'string') throw text;
    const config = parseConfig(text, CONFIG);
    const stage = config.stages[0]!;
    const measured = { profile, manifest: made.manifest };
    return stage.compute === 'lambda' ? planFunction(config, stage, measured) : planStage(config, stage, measured);
  });
  return cheapest(plans);
}

/** What is made has its place only when all of it is. */
function progressUnlessWritten(line: string): void {
  if (!line.startsWith('wrote ')) progress(line);
}

/** A folder on the file system of the result, which is gone afterwards; and the workspace, where it was not there before and nothing came of it. */
async function inScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const kept = existsSync(workspace());
  mkdirSync(workspace(), { recursive: true });
  const folder = mkdtempSync(join(workspace(), 'init-'));
  const remove = (path: string) => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  const undo = () => remove(kept ? folder : workspace());
  const release = undoAtEnd(undo);
  try {
    const result = await use(folder);
    release();
    remove(folder);
    return result;
  } catch (error) {
    release();
    undo();
    throw error;
  }
}
