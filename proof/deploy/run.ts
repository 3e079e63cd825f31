/**
 * The deployment proof: the project's stages, synthesised as they are, deployed by the real `cdk deploy`
 * to an AWS emulator on loopback and read back through the AWS SDK. No AWS account is involved.
 *
 *     npm run proof:deploy [-- --without AWS::CloudWatch::Alarm] [-- --keep] [-- --only options]
 *
 * `--without TYPE` makes the emulator forget a resource type, to see the proof fail; `--keep` leaves the
 * folder with the assemblies and the emulator's log; `--only` proves one part alone: `models`,
 * `functions`, `variants`, `options` or `commands`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';
import type { SlipwayConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { ProofProblem } from '../problem';
import { endAll } from '../process';
import { type PythonEnvironment, pythonEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { type Aws, aws } from './aws';
import { Cdk } from './cdk';
import { census } from './census';
import { changeModel } from './changed-model';
import { Commands, PACKAGES } from './commands';
import { Emulator } from './emulator';
import { failFirst } from './first-failure';
import { proveFleets } from './fleets';
import { proveFunctionDoors } from './function-doors';
import { proveFunctions } from './functions';
import { LIMITS } from './limits';
import { checkWithCfnLint, checkWithNag } from './lint';
import { proveModels } from './models';
import { proveOptions } from './options/prove';
import { REGION } from './options/stages';
import { proveVariants } from './production-variants';
import { writeProofConfig } from './proof-config';
import { type Assemblies, Scenario } from './scenario';
import { Slipway } from './slipway';
import { StageUnderProof } from './stage';
import { variants } from './variants';

const ROOT = resolve(__dirname, '../..');
const CONFIG = join(ROOT, 'slipway.yaml');

/** Parts that can run alone. */
const PARTS = ['models', 'functions', 'variants', 'options', 'commands'] as const;
type Part = (typeof PARTS)[number];

function partNamed(name: string | undefined): Part | undefined {
  const part = PARTS.find((one) => one === name);
  if (name !== undefined && !part) throw new ProofProblem(`there is no part ${name}; take ${PARTS.join(' or ')}`);
  return part;
}

async function prove(
  report: Report,
  folder: string,
  without: readonly string[],
  only: Part | undefined,
): Promise<void> {
  const progress = (message: string) => console.log(`  ${message}`);
  report.section('prepare');
  const python = await pythonEnvironment(progress);
  const plans = sizingPlans(loadConfig(CONFIG));
  for (const architecture of new Set([...plans.values()].map((plan) => plan.choice.architecture))) {
    await fetchNodeRuntime(architecture, progress);
  }
  const emulator = await Emulator.start(python.python, folder, without);
  try {
    progress(`the emulator listens on ${emulator.url}`);
    await proveWith(report, folder, python, emulator, only);
  } finally {
    await emulator.stop();
  }
}

async function proveWith(
  report: Report,
  folder: string,
  python: PythonEnvironment,
  emulator: Emulator,
  only: Part | undefined,
): Promise<void> {
  const cdk = new Cdk(emulator, join(folder, 'cdk-home'));
  const configPath = join(folder, 'slipway.yaml');
  const zones = await createZones(emulator, python, loadConfig(CONFIG));
  const config = writeProofConfig(CONFIG, configPath, zones);
  const slipway = new Slipway(emulator, configPath);
  const { region } = config.stages[0]!;
  await aws(emulator, python.python, region).ask([
    's3',
    'create_bucket',
    { Bucket: PACKAGES, CreateBucketConfiguration: { LocationConstraint: region } },
  ]);
  const plans = sizingPlans(config);
  for (const region of new Set(config.stages.map((stage) => stage.region))) {
    const { code, output } = await cdk.bootstrap(region);
    report.check(code === 0, `cdk bootstrap in ${region}`, code === 0 ? '' : output.trim());
  }

  const several = async () => {
    report.section('several models of a stage');
    const [{ region, model, name }] = config.stages.slice(-1) as [SlipwayConfig['stages'][number]];
    const client = aws(emulator, python.python, region);
    const proof = { report, cdk, aws: client, folder, model, zoneId: zones.get(name)! };
    await attempt(report, 'several models', () => proveModels(proof));
    report.section('several models on one fleet');
    await attempt(report, 'a fleet of models', () => proveFleets(proof, emulator));
  };
  const functions = async () => {
    report.section('a stage that is a function');
    const { model } = config.stages[0]!;
    const proof = { report, cdk, aws: aws(emulator, python.python, REGION), folder, model };
    await attempt(report, 'a function', () => proveFunctions(proof, emulator));
    await attempt(report, 'doors and rollouts of functions', () => proveFunctionDoors(proof));
  };
  const ofAnEndpoint = async () => {
    report.section('an app with variants of an endpoint');
    const [{ region, model, name }] = config.stages.slice(-1) as [SlipwayConfig['stages'][number]];
    const proof = { report, cdk, aws: aws(emulator, python.python, region), folder, model, zoneId: zones.get(name)! };
    await attempt(report, 'variants', () => proveVariants(proof));
  };
  const options = async () => {
    report.section('every option');
    const model = config.stages[0]!.model;
    const proof = { report, cdk, aws: aws(emulator, python.python, REGION), folder, model };
    await attempt(report, 'every option', () => proveOptions(proof));
  };
  if (only === 'models') return await several();
  if (only === 'functions') return await functions();
  if (only === 'variants') return await ofAnEndpoint();
  if (only === 'options') return await options();

  report.section('synthesise');
  const synthesise = async (name: string, context: readonly string[]): Promise<string> => {
    const out = join(folder, `${name}.out`);
    const { code, output } = await cdk.synth(out, [`slipway:config=${configPath}`, ...context]);
    if (code !== 0) throw new ProofProblem(`cdk synth fails\n${output.trim()}`);
    report.check(true, `cdk synth with the ${name} model`);
    return out;
  };
  const changed = (factor: number): string[] => {
    const target = join(folder, `model-${factor}`);
    changeModel(config.stages[0]!.model, target, factor);
    return [`slipway:model=${target}`];
  };
  const assemblies: Assemblies = {
    first: await synthesise('first', []),
    second: await synthesise('second', changed(2)),
    third: await synthesise('third', changed(3)),
  };
  const names = config.stages.map((stage) => stage.name);
  if (only !== 'commands') {
    await attempt(report, 'cfn-lint', () => checkWithCfnLint(report, python, assemblies.first, names));
    await attempt(report, 'cdk-nag', () => checkWithNag(report, cdk, folder, configPath));
  }

  const watchesData = readModelPackage(config.stages[0]!.model).training !== undefined;
  for (const several of only === 'commands' ? [false] : [false, true]) {
    const fleet = several ? 'a fleet of several instances' : 'a single VM';
    const stage = config.stages.find(({ name }) => plans.get(name)!.choice.instances > 1 === several);
    if (!stage) {
      report.unproved(fleet, 'no stage of slipway.yaml is planned so');
      continue;
    }
    const client = aws(emulator, python.python, stage.region);
    const before = await census(client);
    const underProof = new StageUnderProof(stage, plans.get(stage.name)!, client, watchesData);
    const scenario = new Scenario(report, cdk, emulator, underProof, assemblies);
    report.section(`${stage.name}, ${fleet}: deploy and read back`);
    let last = assemblies.second;
    const deployed = await attempt(report, `${stage.name}: deployment`, () => scenario.create());
    if (deployed) {
      report.section(`${stage.name}: change the model`);
      await attempt(report, `${stage.name}: change`, () => scenario.changeModel());
      if (!several) {
        report.section(`${stage.name}: what the command line says`);
        const of = new Commands(report, slipway, underProof);
        const [model, before] = [join(folder, 'model-2'), stage.model];
        await attempt(report, `${stage.name}: commands`, () => of.ofDeployed(assemblies.second, model, before));
      }
      if (only !== 'commands') {
        report.section(`${stage.name}: fail, roll back, deploy again`);
        await attempt(report, `${stage.name}: rollback`, () => scenario.failAndRecover());
        last = assemblies.third;
      }
    }
    if (deployed && !several && only !== 'commands') {
      report.section(`${stage.name}: change one thing after the other`);
      await attempt(report, `${stage.name}: changes`, async () => {
        const model = readModelPackage(join(folder, 'model-3'));
        const image = await anImage(client);
        for (const { what, assembly, wanted } of variants(stage, model, plans.get(stage.name)!, image, folder)) {
          await scenario.update(assembly, `is deployed with ${what}`, wanted);
          last = assembly;
        }
      });
    }
    report.section(`${stage.name}: destroy`);
    await attempt(report, `${stage.name}: destruction`, () => scenario.destroy(before, last));
  }
  const last = config.stages.at(-1)!;
  report.section(`${last.name}: a first deployment that fails`);
  const failing = new StageUnderProof(
    last,
    plans.get(last.name)!,
    aws(emulator, python.python, last.region),
    watchesData,
  );
  await attempt(report, `${last.name}: failure`, () =>
    failFirst(report, cdk, emulator, failing, assemblies.first, new Commands(report, slipway, failing)),
  );
  if (only === 'commands') return;
  await several();
  await functions();
  await ofAnEndpoint();
  await options();
  report.section('outside what an emulator can show');
  for (const [what, reason] of LIMITS) report.unproved(what, reason);
}

function sizingPlans(config: SlipwayConfig): Map<string, SizingPlan> {
  const model = readModelPackage(config.stages[0]!.model);
  const profile = readProfile(model);
  return new Map(
    config.stages.map(({ name, serviceLevel, region }) => [
      name,
      sizingPlan({ profile, manifest: model.manifest, serviceLevel, region }),
    ]),
  );
}

/** The id of a machine image that the emulator has. */
async function anImage({ ec2 }: Aws): Promise<string> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const [image] = Images;
  if (!image) throw new ProofProblem('the emulator has no machine image');
  return image.ImageId!;
}

/** The hosted zones that the configuration takes as given. */
async function createZones(
  emulator: Emulator,
  python: PythonEnvironment,
  config: SlipwayConfig,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, region, domain } of config.stages) {
    if (!domain.zone) continue;
    const command = new CreateHostedZoneCommand({ Name: domain.zone, CallerReference: name });
    const { HostedZone } = await aws(emulator, python.python, region).route53.send(command);
    ids.set(name, HostedZone!.Id!.replace('/hostedzone/', ''));
  }
  return ids;
}

/** A step that breaks is a failed check; the steps after it still say what they find. */
async function attempt<T>(report: Report, what: string, step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    report.check(false, what, (error as Error).message);
    return undefined;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      without: { type: 'string', multiple: true, default: [] },
      keep: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  process.chdir(ROOT);
  mkdirSync('.slipway', { recursive: true });
  const folder = mkdtempSync(resolve('.slipway/proof-'));
  const leave = () => {
    endAll();
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  };
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      leave();
      process.exit(status);
    });
  }
  const report = new Report(console.log);
  try {
    await prove(report, folder, values.without, partNamed(values.only));
    if (values.keep) console.log(`\nkept ${relative(ROOT, folder)}`);
    process.exitCode = conclude('deploy', report, { whole: values.without.length === 0 && values.only === undefined })
      ? 0
      : 1;
  } catch (error) {
    if (SlipwayError.is(error)) console.error(`error ${error.code} ${[error.message, ...error.problems].join('\n  ')}`);
    else if (error instanceof ProofProblem) console.error(`error ${error.message}`);
    else throw error;
    process.exitCode = 2;
  } finally {
    leave();
  }
}

void main();
