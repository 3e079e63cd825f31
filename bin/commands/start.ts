/** The whole path on this machine: model file -> package -> profile -> plan -> templates -> HTTPS -> golden rows. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';
import type { SlipwayConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { planFunction } from '../../lib/config/plan-function';
import { decided, planStage } from '../../lib/config/plan-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { SlipwayError } from '../../lib/model/error';
import { fileDigest } from '../../lib/model/files/file-digest';
import { sha256 } from '../../lib/model/formats/digest';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage, readProfile, writeProfile } from '../../lib/model/package/model-package';
import { ADDRESS_FORM, fetchedPackage, parsePackageAddress } from '../../lib/model/package/package-address';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { microseconds, usd } from '../../lib/model/units';
import { pack } from '../../lib/packaging/pack';
import { profileModel } from '../../lib/profiling/profile';
import { functionText, planSummary, planText, verificationText } from '../../lib/report';
import { DEFAULT_REGION, type FunctionPlan, type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { handlerSettings } from '../../lib/sizing/plan/handler-settings';
import type { SizingPlan } from '../../lib/sizing/plan/plan';
import { tryIt } from '../local/curl-line';
import { checkPort, startLocalEndpoint, untilStopped } from '../local/endpoint';
import { handlerToProfile } from '../local/handler';
import { howToDeploy, type Shown } from '../local/how-to-deploy';
import { ASSEMBLY, synthesise } from '../local/synthesis';
import { CONFIG, EXAMPLE, type Start, type StartFlags, whatToStart } from '../local/what-to-start';
import { fetchAddresses } from '../project/registry';
import { workspace } from '../project/workspace';
import * as read from '../terminal/arguments';
import { hint, print, progress } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

const STEPS = 6;

/** What a plan is made for in a folder that has no stages yet. */
const TRIAL: ServiceLevel = { requestsPerSecond: 20, p99Ms: 100, rowsPerRequest: 1, availability: 'single' };

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'Pack a model, profile it, plan every stage of slipway.yaml, synthesise the stacks into cdk.out, serve the ' +
        'bundle of the instances on https://localhost, and replay the golden rows against it.',
    )
    .argument(
      '[file]',
      'model file, folder that slipway_save.py wrote, or s3://bucket/prefix@sha256:... of a package ' +
        `(default: ${EXAMPLE.file} in a clone, else the package that ${CONFIG} names)`,
    )
    .option('--file <file>', 'the same')
    .option('--golden <file>', 'golden rows (default: golden.json, golden.parquet or golden.csv beside the model file)')
    .option('--name <name>', 'name of the model (default: from that of the file)')
    .option('--config <file>', `stages to plan and synthesise (default: ${CONFIG}, where there is one)`)
    .option('--port <number>', 'port to listen on', read.port, 8443)
    .option('--verbose', 'print the whole plan: each line of the bill, the runners-up, what is unsure')
    .option('--exit-after-verify', 'stop when the golden rows hold, instead of serving on')
    .action((file: string | undefined, flags: StartFlags) => start(whatToStart(file, flags)));
}

async function start(flags: Start): Promise<void> {
  // what can be known to be wrong is said before any work is done
  const config = flags.config === undefined ? undefined : loadConfig(flags.config);
  if (config?.stages.some(({ place }) => place)) {
    throw new SlipwayError(
      'E_USAGE',
      `${flags.config} has several models, and this shows one model file; run it in a folder without slipway.yaml`,
    );
  }
  await checkPort(flags.port);
  await fetchAddresses(config?.addresses);

  const package_ = await packageOf(flags, config);
  const profile = await measured(package_);

  step(3, config ? `sizing the stages of ${flags.config}` : `sizing it for a trial: there is no ${CONFIG} here yet`);
  const plans = config ? planStages(config, package_, profile) : [trialPlan(package_, profile)];
  for (const [stage, plan] of plans) {
    const what =
      'compute' in plan
        ? `a function of ${plan.memoryMB} MB`
        : `${plan.choice.instances} x ${plan.choice.instanceType}`;
    done(`${stage}: ${what}, ${usd(plan.cost.usdPerMonth)} USD/month`);
  }
  const [shown, largest] = plans.at(-1)!;
  print(`\nThe plan of ${shown}:\n\n${shownPlan(largest, flags)}\n`);

  if (config && flags.config !== undefined) {
    step(4, `synthesising the stacks into ${ASSEMBLY}`);
    for (const architecture of new Set(
      plans.flatMap(([, plan]) => ('compute' in plan ? [] : plan.choice.architecture)),
    )) {
      await fetchNodeRuntime(architecture, done);
    }
    await synthesise(flags.config, package_, workspace());
    const shown = { ...madeOf(flags, package_), config: flags.config, package: package_ };
    for (const line of howToDeploy(config, shown)) done(line);
  } else {
    step(4, `no stacks: there is no ${CONFIG} here yet; "npx slipway init" makes one for a model file`);
  }

  step(5, `serving the bundle of the instances on https://localhost:${flags.port}`);
  const served = readModelPackage(package_.directory);
  const [, plan] = plans[0]!;
  const endpoint = await startLocalEndpoint(served, {
    port: flags.port,
    ...('compute' in plan ? {} : handlerSettings(plan)),
    engine: undefined, // the instances may have a GPU that this machine lacks
    workspace: workspace(),
  });
  done('ready: loaded, warmed up, its own golden rows hold');

  step(6, 'replaying the golden rows through HTTPS');
  const ca = readFileSync(endpoint.certificate!, 'utf8'); // it speaks HTTPS here
  const verification = await verifyEndpoint(endpoint.url, served, { ca }).catch(async (error) => {
    await endpoint.stop();
    throw error;
  });
  for (const line of verificationText(endpoint.url, verification).split('\n')) done(line);
  if (verification.differences.length > 0) {
    await endpoint.stop();
    process.exitCode = 1;
    return;
  }
  if (flags.exitAfterVerify) {
    process.exitCode = await endpoint.stop();
    return;
  }
  if (!config && flags.kind === 'file') {
    hint(`npx slipway init ${shellWord(flags.file)} --golden ${shellWord(flags.golden)}`);
  }
  print(`\n${tryIt(endpoint, served)}`);
  process.exitCode = await untilStopped(endpoint);
}

async function packageOf(flags: Start, config: SlipwayConfig | undefined): Promise<ModelPackage> {
  if (flags.kind === 'address') return fetched(flags.file);
  return flags.kind === 'file' ? packed(flags) : own(flags.config, config!);
}

/** What the package was made of, as words of a command. */
function madeOf(flags: Start, { directory }: ModelPackage): Pick<Shown, 'file' | 'golden'> {
  if (flags.kind === 'own') return { file: relative(process.cwd(), directory) };
  return { file: flags.file, ...(flags.kind === 'file' && { golden: flags.golden }) };
}

/** The package that slipway.yaml names. */
function own(path: string, { stages: [stage] }: SlipwayConfig): ModelPackage {
  const package_ = readModelPackage(stage!.model);
  const { manifest, digest, directory } = package_;
  step(1, `reading ${relative(process.cwd(), directory)}, which ${path} names`);
  requireGolden(directory, package_);
  done(`${manifest.name}, version ${digest.slice(0, 12)}; ${manifest.golden!.rows} golden rows`);
  return package_;
}

/** @throws SlipwayError E_PACKAGE */
function requireGolden(where: string, { manifest }: ModelPackage): void {
  if (manifest.golden) return;
  throw new SlipwayError(
    'E_PACKAGE',
    `${where}: has no golden rows, so that nothing shows that it answers as it should; "npx slipway serve" serves it all the same`,
  );
}

function shownPlan(plan: SizingPlan | FunctionPlan, { verbose }: Start): string {
  if ('compute' in plan) return functionText(plan);
  return verbose ? planText(plan) : planSummary(plan, '--verbose shows its lines, the runners-up, and what is unsure');
}

async function packed({ file, name, golden }: Extract<Start, { kind: 'file' }>): Promise<ModelPackage> {
  step(1, `packing ${file}`);
  // of other files another folder: what is served from here meanwhile stays what it is
  const files = sha256([file, golden].map(fileDigest).join(' '));
  const folder = join(workspace(), 'start', files.slice(0, 12), name);
  const { package: package_, replay } = await pack({ file, golden, name, out: folder });
  done(
    `${estimatorNames(package_)} to ONNX; ` +
      `${package_.manifest.golden!.rows} golden rows hold, largest difference ${replay!.maximumDifference.toExponential(1)}`,
  );
  return package_;
}

/** @throws SlipwayError E_USAGE for what is no address, E_PACKAGE without golden rows; as `pull` */
async function fetched(text: string): Promise<ModelPackage> {
  const address = parsePackageAddress(text);
  if (!address) throw new SlipwayError('E_USAGE', `"${text}" is no address of a package; write ${ADDRESS_FORM}`);
  step(1, `fetching ${text}`);
  await fetchAddresses([address]);
  const package_ = readModelPackage(fetchedPackage(address.digest));
  const { manifest, digest, directory } = package_;
  if (digest !== address.digest) {
    throw new SlipwayError('E_PACKAGE', `${directory}: is not the package ${text}; remove the folder and start again`);
  }
  requireGolden(text, package_);
  done(
    `${manifest.name}, version ${digest.slice(0, 12)}, its digest is that of the address; ${manifest.golden!.rows} golden rows`,
  );
  return package_;
}

/** A package of a registry may bring the profile of a machine that did nothing else. */
async function measured(package_: ModelPackage): Promise<ComputeProfile> {
  const told = (profile: ComputeProfile) =>
    `${microseconds(profile.batches[0]!.cpuMs)} us of CPU for a request of one row, ${profile.memory.loadedMiB.toFixed(0)} MiB`;
  if (existsSync(join(package_.directory, PACKAGE_FILES.profile))) {
    step(2, 'it has a profile');
    const profile = readProfile(package_);
    done(told(profile));
    return profile;
  }
  step(2, 'profiling it with the engine that will serve');
  const handler = await handlerToProfile({ workspace: workspace(), fetch: false, onProgress: done });
  const profile = await profileModel(package_, { handler });
  writeProfile(package_, profile);
  done(told(profile));
  return profile;
}

function step(number: number, text: string): void {
  progress(`[${number}/${STEPS}] ${text}`);
}

function done(text: string): void {
  progress(`      ${text}`);
}

/** `sklearn.pipeline.Pipeline` as `Pipeline`. */
function estimatorNames({ manifest }: ModelPackage): string {
  return manifest.source.estimators.map((name) => name.slice(name.lastIndexOf('.') + 1)).join(' > ');
}

function trialPlan({ manifest }: ModelPackage, profile: ComputeProfile): [string, SizingPlan] {
  const { requestsPerSecond, p99Ms, availability } = TRIAL;
  const what = `${requestsPerSecond} requests/s within ${p99Ms} ms, ${availability}, in ${DEFAULT_REGION}`;
  return [what, sizingPlan({ manifest, profile, serviceLevel: TRIAL, region: DEFAULT_REGION })];
}

function planStages(
  config: SlipwayConfig,
  { manifest }: ModelPackage,
  profile: ComputeProfile,
): [string, SizingPlan | FunctionPlan][] {
  return config.stages.map((asked) => {
    const shadow = stageShadow(config, asked, manifest);
    const versions = stageVersions(config, asked, { manifest, profile });
    const stage = decided(config, asked, { profile, manifest, shadow, versions });
    if (stage.compute === 'lambda') return [stage.name, planFunction(config, stage, { profile, manifest })];
    return [stage.name, planStage(config, stage, { profile, manifest, shadow, versions })];
  });
}
