/** `slipway plan --diff`: the plans of all stages, beside those of another commit. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { parseConfig, type ReadFile } from '../../lib/config/load';
import { endpointName, endpointTitle } from '../../lib/config/model-place';
import { planFleet } from '../../lib/config/plan-fleet';
import { decided } from '../../lib/config/plan-stage';
import { endpointStack, hasFrontDoor, stackNames } from '../../lib/config/stack-names';
import { imageFor, imagePath, parseImages } from '../../lib/image/image-file';
import { SlipwayError } from '../../lib/model/error';
import { isWithin } from '../../lib/model/files/is-within';
import { MANIFEST_BYTES, PACKAGE_FILES } from '../../lib/model/package/manifest';
import { parseMeasured, profileRemedy } from '../../lib/model/package/model-package';
import { fetchedPackages } from '../../lib/model/package/package-address';
import { readPackageFile } from '../../lib/model/package/package-file';
import { balancerArn } from '../../lib/model/stage/existing-listener';
import { printable } from '../../lib/model/text/printable';
import {
  type Deployment,
  type PlannedStage,
  planDifferenceText,
  refusedChanges,
  type SharedChange,
  type StageChange,
  somethingInfeasible,
} from '../../lib/report';
import { functionPlan, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { sharedDoor } from '../../lib/sizing/bill/shared-door';
import { imageParameter } from '../../lib/sizing/plan/machine-image';
import { Commit } from '../project/git';
import { packedIn } from '../project/model-in-commit';
import { fetchAddresses, loadWithPackages } from '../project/registry';
import { notice, print, printJson } from '../terminal/output';
import { stagesNamed } from './stage-named';

export function onDisk(path: string): Buffer | undefined {
  return existsSync(path) ? readPackageFile(dirname(path), basename(path), MANIFEST_BYTES) : undefined;
}

/** The model is not opened: manifest and profile are all that a plan needs, and a model may be in Git LFS. */
function measured(folder: string, read: ReadFile): ReturnType<typeof parseMeasured> {
  const shown = relative(process.cwd(), folder) || '.';
  const [manifest, profile] = [PACKAGE_FILES.manifest, PACKAGE_FILES.profile].map((file) => read(join(folder, file)));
  if (!manifest) throw new SlipwayError('E_PACKAGE', `${shown}: has no ${PACKAGE_FILES.manifest}; pack the model`);
  if (!profile) {
    throw new SlipwayError('E_PACKAGE', `${shown}: the model has not been profiled yet; ${profileRemedy(shown)}`);
  }
  return parseMeasured(manifest, profile, shown);
}

/** A package that was packed of a model file of a commit is on disk all the same. */
function measuredOf(
  { model, modelFile }: Pick<StageConfig, 'model' | 'modelFile'>,
  read: ReadFile,
): ReturnType<typeof parseMeasured> {
  return measured(model, modelFile ? onDisk : read);
}

/** @param only the stage that is asked for, or undefined for all */
export function planned(config: SlipwayConfig, read: ReadFile, only: string | undefined): PlannedStage[] {
  const asked = config.stages.filter(({ name }) => only === undefined || name === only);
  return asked.flatMap((endpoint) => {
    const { fleet } = endpoint;
    if (!fleet) return plannedAlone(config, read, endpoint);
    if (asked.find((other) => other.fleet === fleet) !== endpoint) return []; // with the first of its models
    return plannedTogether(
      config,
      read,
      asked.filter((other) => other.fleet === fleet),
    );
  });
}

/** A fleet, and the part of each of its models. */
function plannedTogether(config: SlipwayConfig, read: ReadFile, members: readonly StageConfig[]): PlannedStage[] {
  const all = members.map((stage) => {
    const own = measuredOf(stage, read);
    return { stage, ...own, versions: versionsOf(stage, own, read) };
  });
  const [{ stage: first, profile: firstProfile }] = all as [(typeof all)[number]];
  const title = `${first.name}/${first.fleet!.name}`;
  const each = all.map(({ stage, profile }) => {
    return { name: endpointTitle(stage), region: stage.region, serviceLevel: stage.serviceLevel, profile };
  });
  try {
    const { plan, models } = planFleet(config, all);
    const profile = { ...firstProfile, modelSha256: plan.modelSha256 };
    const whole = { name: title, region: first.region, serviceLevel: plan.serviceLevel, profile, outcome: plan };
    return [
      whole,
      ...each.map((one, i) => {
        const { plan: outcome } = models[i]!;
        return { ...one, outcome, deployment: deployment(config, members[i]!, outcome) };
      }),
    ];
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    const infeasible = [error.message, ...error.problems].join('; ');
    return each.map((one) => ({ ...one, outcome: { infeasible } }));
  }
}

function versionsOf({ versions }: StageConfig, own: ReturnType<typeof parseMeasured>, read: ReadFile) {
  return versions?.map(({ name, weight, model }) => {
    return { name, weight, ...(model === undefined ? own : measured(model, read)) };
  });
}

function plannedAlone(config: SlipwayConfig, read: ReadFile, given: StageConfig): PlannedStage {
  const { region, shadow: wanted } = given;
  const name = endpointTitle(given);
  const { manifest, profile } = measuredOf(given, read);
  const shadow = wanted && { ...measuredOf(wanted, read), share: wanted.share, group: wanted.group };
  const versions = versionsOf(given, { manifest, profile }, read);
  const asked = decided(config, given, { manifest, profile, shadow, versions });
  const { serviceLevel } = asked;
  const stage = { name, region, serviceLevel, profile };
  try {
    if (asked.compute === 'lambda') {
      const outcome = functionPlan({ profile, manifest, serviceLevel, region });
      return { ...stage, outcome, deployment: functionDeployment(asked) };
    }
    const outcome = sizingPlan({ profile, manifest, serviceLevel, region, shadow, versions, zones: asked.zones });
    return { ...stage, outcome, deployment: deployment(config, asked, outcome) };
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    return { ...stage, outcome: { infeasible: [error.message, ...error.problems].join('; ') } };
  }
}

function functionDeployment({ account, region, domain }: StageConfig): Deployment {
  return {
    place: [region, ...(account === undefined ? [] : [`account ${account}`])].join(', '),
    domainName: domain.name,
    stacks: [stackNames(domain.name).endpoint],
    compute: 'lambda',
  };
}

function deployment(config: SlipwayConfig, stage: StageConfig, plan: SizingPlan): Deployment {
  const { account, region, domain, network, cidr, machineImage, place } = stage;
  const { internal, frontDoor: door, backendTls, listener } = stage.endpoint;
  const pinned = imageFor(config.images ?? [], { region, parameter: imageParameter(plan) });
  const { frontDoor, network: own } = stackNames(domain.name);
  const stacks = [endpointStack(stage), ...(hasFrontDoor(stage) ? [frontDoor] : []), ...(network ? [] : [own])];
  return {
    place: [region, ...(account === undefined ? [] : [`account ${account}`])].join(', '),
    domainName: domain.name,
    ...(place && { address: endpointName(stage) }),
    stacks,
    ...(network ? { vpcId: network.vpcId } : { zones: plan.networkZones }),
    cidr,
    internal,
    ...(door && { frontDoor: door }),
    ...(listener && { balancer: balancerArn(listener.arn) }),
    backendTls,
    machineImage: machineImage ?? (pinned && printable(`${pinned.id} (${pinned.name}, ${pinned.created})`)),
  };
}

/** The stages of a commit; none, with the reason, when this version of Slipway cannot plan them. */
async function plannedIn(
  commit: Commit,
  configPath: string,
  only: string | undefined,
): Promise<{ config?: SlipwayConfig; stages: PlannedStage[]; problem?: string }> {
  const text = commit.read(configPath);
  if (!text) return { stages: [], problem: `it has no ${configPath}` };
  let config: SlipwayConfig | undefined;
  try {
    const read: ReadFile = (path) => commit.read(path);
    const images = read(imagePath(configPath));
    config = {
      ...parseConfig(text.toString('utf8'), configPath, read, (model, cache) => packedIn(commit, model, cache)),
      ...(images && { images: parseImages(images.toString('utf8'), imagePath(configPath)) }),
    };
    await fetchAddresses(config.addresses);
    // what was fetched is no part of a commit
    const inCommit: ReadFile = (path) => (isWithin(fetchedPackages(), path) ? onDisk(path) : read(path));
    return { config, stages: planned(config, inCommit, only) };
  } catch (error) {
    // the commit may be of an older Slipway, and is not what is under review
    if (!SlipwayError.is(error)) throw error;
    const problem = printable([error.message, ...error.problems].join('; '));
    return { ...(config && { config }), stages: [], problem };
  }
}

export interface DifferenceOptions {
  /** Path of slipway.yaml, the same in both. */
  readonly config: string;
  /** Only this stage. */
  readonly stage?: string;
}

/** The plans of the working directory beside those of a commit. */
export interface PlanDifference {
  readonly commit: Commit;
  /** @default - the commit has none that can be read */
  readonly base?: SlipwayConfig;
  readonly head: SlipwayConfig;
  /** Why the commit could not be planned. */
  readonly problem?: string;
  readonly changes: readonly StageChange[];
  readonly shared: readonly SharedChange[];
  /** Changes that no deployment makes. */
  readonly refused: ReturnType<typeof refusedChanges>;
}

/** Both sides are planned by this version of Slipway, so what differs is what the commits say. */
export async function planDifference(
  commitName: string,
  { config: path, stage }: DifferenceOptions,
): Promise<PlanDifference> {
  const commit = new Commit(commitName);
  const head = await loadWithPackages(path);
  if (stage !== undefined) stagesNamed(stage, head.stages, path);
  const { config: base, stages: before, problem } = await plannedIn(commit, path, stage);
  const after = planned(head, onDisk, stage);
  const find = (stages: PlannedStage[], name: string) => stages.find((one) => one.name === name);
  const names = new Set([...after, ...before].map(({ name }) => name));
  const changes = [...names].map((name): StageChange => ({ before: find(before, name), after: find(after, name) }));
  return {
    commit,
    ...(base && { base }),
    head,
    ...(problem !== undefined && { problem }),
    changes,
    shared: sharedChanges(before, after),
    refused: refusedChanges(changes),
  };
}

/** As `--json` prints it. */
export function planJson({ commit, problem, changes, shared, refused }: PlanDifference): object {
  const stages = changes.map(withoutProfile);
  return {
    comparedWith: commit.hash,
    ...(problem && { problem }),
    stages,
    ...(shared.length > 0 && { shared }),
    refused,
  };
}

/**
 * Set exit status 1 when a stage has no plan, or a change that no deployment makes.
 *
 * @param accept whether such changes are known, and no reason to fail
 */
export function refuse({ changes, refused }: PlanDifference, accept = false): void {
  for (const { stage, why } of accept ? [] : refused) notice(`refused, ${stage}: ${why}`);
  if (somethingInfeasible(changes) || (refused.length > 0 && !accept)) process.exitCode = 1;
}

/** Print what the working directory changes, as `plan --diff`. */
export async function printDifference(
  commitName: string,
  { json, accept, ...options }: DifferenceOptions & { readonly json?: boolean; readonly accept?: boolean },
): Promise<void> {
  const difference = await planDifference(commitName, options);
  const { changes, problem, shared } = difference;
  if (json) printJson(planJson(difference));
  else print(planDifferenceText(commitName, changes, problem, shared));
  refuse(difference, accept);
}

/** What the models of each stage share. */
function sharedChanges(before: readonly PlannedStage[], after: readonly PlannedStage[]): SharedChange[] {
  const costs = (planned: readonly PlannedStage[]) => {
    const plans = new Map<string, SizingPlan[]>();
    for (const { name, outcome } of planned) {
      if (!('choice' in outcome) || !outcome.serviceLevel.sharedDoor) continue;
      const [stage] = name.split('/') as [string];
      plans.set(stage, [...(plans.get(stage) ?? []), outcome]);
    }
    return new Map([...plans].map(([stage, of]) => [stage, sharedDoor(of).cost.usdPerMonth]));
  };
  const [old, now] = [costs(before), costs(after)];
  return [...new Set([...now.keys(), ...old.keys()])].map((stage) => {
    const [was, is] = [old.get(stage), now.get(stage)];
    return { stage, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) };
  });
}

function withoutProfile({ before, after }: StageChange) {
  const shown = (one: PlannedStage | undefined) => one?.outcome ?? null;
  return { name: (after ?? before)!.name, before: shown(before), after: shown(after) };
}
