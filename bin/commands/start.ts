/** The whole path on this machine: model file -> package -> profile -> plan -> templates -> HTTPS -> golden rows. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';
import type { SlipwayConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { planFunction } from '../../lib/config/plan-function';
import { planStage } from '../../lib/config/plan-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { SlipwayError } from '../../lib/model/error';
import { fileDigest } from '../../lib/model/files/file-digest';
import { sha256 } from '../../lib/model/formats/digest';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage, readProfile, writeProfile } from '../../lib/model/package/model-package';
import {
  ADDRESS_FORM,
  fetchedPackage,
  isBucketAddress,
  parsePackageAddress,
} from '../../lib/model/package/package-address';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { microseconds, usd } from '../../lib/model/units';
import { nameOf } from '../../lib/packaging/model-file';
import { pack } from '../../lib/packaging/pack';
import { profileModel } from '../../lib/profiling/profile';
import { functionText, planText, verificationText } from '../../lib/report';
import { DEFAULT_REGION, type FunctionPlan, type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { handlerSettings } from '../../lib/sizing/plan/handler-settings';
import type { SizingPlan } from '../../lib/sizing/plan/plan';
import { curlLine } from '../local/curl-line';
import { checkPort, startLocalEndpoint, untilStopped } from '../local/endpoint';
import { handlerToProfile } from '../local/handler';
import { howToDeploy, type Shown } from '../local/how-to-deploy';
import { ASSEMBLY, synthesise } from '../local/synthesis';
import { fetchAddresses } from '../project/registry';
import { workspace } from '../project/workspace';
import * as read from '../terminal/arguments';
import { hint, print, progress, shellWord } from '../terminal/output';

interface StartFlags {
  file?: string;
  golden?: string;
  name?: string;
  config?: string;
  port: number;
  exitAfterVerify?: boolean;
}

const STEPS = 6;

/** What is packed where no file is named; in a clone. */
const EXAMPLE = {
  file: 'examples/breast-cancer/model.joblib',
  golden: 'examples/breast-cancer/golden.json',
  name: 'breast-cancer',
} as const;

const CONFIG = 'slipway.yaml';

/** What a plan is made for in a folder that has no stages yet. */
const TRIAL: ServiceLevel = { requestsPerSecond: 20, p99Ms: 100, rowsPerRequest: 1, availability: 'single' };

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'Pack a model, profile it, plan every stage of slipway.yaml, synthesise the stacks into cdk.out, serve the ' +
        'bundle of the instances on https://localhost, and replay the golden rows against it.',
    )
    .argument('[file]', `model file, or s3://bucket/prefix@sha256:... of a package (default: ${EXAMPLE.file})`)
    .option('--file <file>', 'the same')
    .option('--golden <file>', `golden rows (default: ${EXAMPLE.golden})`)
    .option('--name <name>', 'name of the model (default: from that of the file)')
    .option('--config <file>', `stages to plan and synthesise (default: ${CONFIG}, where there is one)`)
    .option('--port <number>', 'port to listen on', read.port, 8443)
    .option('--exit-after-verify', 'stop when the golden rows hold, instead of serving on')
    .action((file: string | undefined, flags: StartFlags) => start(whatToStart(file, flags)));
}

interface Start extends Pick<Shown, 'file' | 'golden'> {
  /** Of a package that has to be made. */
  readonly name: string;
  /** Undefined where there are no stages yet. */
  readonly config: string | undefined;
  readonly port: number;
  readonly exitAfterVerify?: boolean | undefined;
}

/** @throws SlipwayError E_USAGE */
function whatToStart(
  argument: string | undefined,
  { file: option, golden, name, config, ...flags }: StartFlags,
): Start {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new SlipwayError('E_USAGE', `two model files are named, ${argument} and ${option}; name one`);
  }
  const file = argument ?? option ?? EXAMPLE.file;
  const here = config ?? (existsSync(CONFIG) ? CONFIG : undefined);
  if (isBucketAddress(file)) {
    const [given] = Object.entries({ golden, name }).filter(([, value]) => value !== undefined);
    if (given) {
      throw new SlipwayError(
        'E_USAGE',
        `${file} is a package, which has its golden rows and its name; leave out --${given[0]}`,
      );
    }
    return { ...flags, file, name: file, config: here };
  }
  if (file !== EXAMPLE.file && golden === undefined) {
    throw new SlipwayError('E_USAGE', `name the golden rows of ${file} with --golden`);
  }
  return {
    ...flags,
    file,
    golden: golden ?? EXAMPLE.golden,
    name: name ?? (file === EXAMPLE.file ? EXAMPLE.name : nameOf(file)),
    config: here,
  };
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
  if (flags.golden !== undefined) {
    requireFile(flags.file, '"slipway start FILE"');
    requireFile(flags.golden, '--golden');
  }
  await checkPort(flags.port);

  const package_ = flags.golden === undefined ? await fetched(flags.file) : await packed(flags, flags.golden);
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
  print(`\nThe plan of ${shown}:\n\n${'compute' in largest ? functionText(largest) : planText(largest)}\n`);

  if (config && flags.config !== undefined) {
    step(4, `synthesising the stacks into ${ASSEMBLY}`);
    for (const architecture of new Set(
      plans.flatMap(([, plan]) => ('compute' in plan ? [] : plan.choice.architecture)),
    )) {
      await fetchNodeRuntime(architecture, done);
    }
    await synthesise(flags.config, package_, workspace());
    const { file, golden } = flags;
    const shown = { file, ...(golden !== undefined && { golden }), config: flags.config, package: package_ };
    for (const line of howToDeploy(config, shown)) done(line);
  } else {
    step(4, `no stacks: ${CONFIG} names what is deployed, and where; docs/reference/configuration.md has its keys`);
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
  const ca = readFileSync(endpoint.certificate, 'utf8');
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
  if (!config && flags.golden !== undefined) {
    hint(`npx slipway init ${shellWord(flags.file)} --golden ${shellWord(flags.golden)}`);
  }
  print(`\nTry it:\n\n${curlLine(endpoint, served)}\n\nCtrl-C stops it.`);
  process.exitCode = await untilStopped(endpoint);
}

async function packed({ file, name }: Start, golden: string): Promise<ModelPackage> {
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
  if (!manifest.golden) {
    throw new SlipwayError(
      'E_PACKAGE',
      `${text}: has no golden rows, so that nothing shows that it answers as it should; "slipway serve" serves it all the same`,
    );
  }
  done(
    `${manifest.name}, version ${digest.slice(0, 12)}, its digest is that of the address; ${manifest.golden.rows} golden rows`,
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

function requireFile(path: string, option: string): void {
  if (!existsSync(path)) throw new SlipwayError('E_FILE', `${path}: does not exist; name the file with ${option}`);
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
  return config.stages.map((stage) => {
    if (stage.compute === 'lambda') return [stage.name, planFunction(config, stage, { profile, manifest })];
    const shadow = stageShadow(config, stage, manifest);
    const versions = stageVersions(config, stage, { manifest, profile });
    return [stage.name, planStage(config, stage, { profile, manifest, shadow, versions })];
  });
}
