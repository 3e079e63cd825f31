/** All stages of a configuration, in one app: one cloud assembly is built once and promoted. */
import { App, type AppProps } from 'aws-cdk-lib';
import { ArtifactMetadataEntryType } from 'aws-cdk-lib/cloud-assembly-schema';
import type { SlipwayConfig, StageConfig } from '../config/config';
import { located } from '../config/located';
import { endpointTitle, packageKey } from '../config/model-place';
import { planFunction } from '../config/plan-function';
import { billedPlans, planGroups } from '../config/plan-groups';
import { decided } from '../config/plan-stage';
import { byStage, requireStageBudget } from '../config/shared-stage';
import { stageShadow } from '../config/stage-shadow';
import { stageVersions } from '../config/stage-versions';
import type { ArtifactOptions } from '../constructs/boot/boot-options';
import type { FunctionArtifactOptions } from '../constructs/model-function';
import { IMAGE_FILE, imageFor } from '../image/image-file';
import { SlipwayError } from '../model/error';
import { readModelPackage, readProfile } from '../model/package/model-package';
import { fetchedPackage, isFetched, packageAddressText } from '../model/package/package-address';
import { ANY_ORIGIN } from '../model/stage/origins';
import { imageParameter } from '../sizing/plan/machine-image';
import type { SizingPlan } from '../sizing/plan/plan';
import type { FleetStackModel } from './fleet-stack';
import { inStage } from './refusals';
import { SlipwayStage, type SlipwayStageProps, type StageFleetProps } from './slipway-stage';

/**
 * An app that leaves no trace of the folder it was made in: with the stack traces of CDK, absolute paths of
 * the sources would reach the assembly. The key is the app's to set; in cdk.json the CLI warns of it each time.
 */
export function slipwayApp(props: AppProps = {}): App {
  return new App({ ...props, context: { 'aws:cdk:disable-creation-stack-traces': true, ...props.context } });
}

/** What is brought to instances and functions in place of what Slipway pins and bundles. */
export type StageArtifacts = ArtifactOptions & FunctionArtifactOptions;

/**
 * Add one `SlipwayStage` for each stage. Mistakes are told with the line of slipway.yaml where the configuration is from one.
 *
 * @throws SlipwayError E_PACKAGE when the model package is not usable, E_INFEASIBLE when a stage cannot be sized,
 *   E_CONFIG when a stage cannot be made, E_RUNTIME_MISSING when the Node.js runtime has not been fetched
 */
export function addStages(app: App, config: SlipwayConfig, artifacts: StageArtifacts = {}): SlipwayStage[] {
  const unpinned: SlipwayStage[] = [];
  const packages = new Map<string, ReturnType<typeof measured>>();
  const packaged = (endpoint: StageConfig) => {
    const key = endpoint.model;
    const found = packages.get(key) ?? located(config, packageKey(endpoint), () => measured(key, config));
    packages.set(key, found);
    return found;
  };
  const imaged = (endpoint: StageConfig, plan: SizingPlan): StageConfig => {
    const pinned = imageFor(config.images ?? [], { region: endpoint.region, parameter: imageParameter(plan) });
    return { ...endpoint, machineImage: endpoint.machineImage ?? pinned?.id };
  };
  const stages = byStage(config).map((asked) => {
    const measuredOf = (stage: StageConfig) => {
      const { model, profile } = packaged(stage);
      const { manifest } = model;
      const shadow = stageShadow(config, stage, manifest);
      return { stage, profile, manifest, shadow, versions: stageVersions(config, stage, { manifest, profile }) };
    };
    const endpoints = asked.map((stage) => (stage.orFunction ? decided(config, stage, measuredOf(stage)) : stage));
    const [{ name, place, compute }] = endpoints as [StageConfig];
    if (compute === 'lambda') {
      const [stage] = endpoints as [StageConfig];
      const { model, profile } = packaged(stage);
      const functionPlan = planFunction(config, stage, { profile, manifest: model.manifest });
      return inStage(config, name, () => new SlipwayStage(app, { stage, model, functionPlan, ...artifacts }));
    }
    const measured = endpoints.map(measuredOf);
    const groups = planGroups(config, measured);
    const placed = groups.flatMap((group) => group.endpoints);
    requireStageBudget(config, placed, billedPlans(groups));
    const own: SlipwayStageProps[] = [];
    const fleets: StageFleetProps[] = [];
    for (const { fleet, endpoints: of } of groups) {
      const models = of.map(({ stage, plan }) => {
        const { shadow, versions } = measured.find((one) => one.stage === stage)!;
        const { model } = packaged(stage);
        return { stage: imaged(stage, fleet?.plan ?? plan), model, plan, shadow, versions };
      });
      if (fleet) {
        const weighed = models.map(({ shadow: _, ...model }, i) => ({
          ...model,
          weight: fleet.models[i]!.weight,
        }));
        fleets.push({ plan: fleet.plan, models: weighed as [FleetStackModel, ...FleetStackModel[]], ...artifacts });
      } else own.push(...models.map((model) => ({ ...model, ...artifacts })));
    }
    const made = inStage(config, name, () => new SlipwayStage(app, place ? own : own[0]!, fleets));
    if ([...own, ...fleets.flatMap(({ models }) => models)].some(({ stage }) => stage.machineImage === undefined)) {
      unpinned.push(made);
    }
    return made;
  });
  sayUnpinned(unpinned);
  sayOpenToPages(config, stages);
  const covered = stages.filter((_, i) => {
    const [{ endpoint }] = byStage(config)[i] as [StageConfig];
    return stages[i]!.function === undefined && endpoint.encryptionKey !== undefined;
  });
  sayUncovered(covered);
  return stages;
}

function measured(folder: string, { addresses = [] }: SlipwayConfig) {
  const missing = addresses.find((address) => fetchedPackage(address.digest) === folder && !isFetched(address));
  if (missing) {
    const address = packageAddressText(missing);
    throw new SlipwayError('E_PACKAGE', `${address}: has not been fetched; run "npx slipway pull ${address}"`);
  }
  const model = readModelPackage(folder);
  return { model, profile: readProfile(model) };
}

/** Once for all stages: a page that somebody of the network visits may call what only the network reaches. */
function sayOpenToPages({ stages: endpoints }: SlipwayConfig, stages: readonly SlipwayStage[]): void {
  const open = endpoints.filter(({ endpoint: { origins, access } }) => origins?.includes(ANY_ORIGIN) && !access);
  if (open.length === 0) return;
  say(
    stages,
    `access.origins of ${open.map(endpointTitle).join(', ')} is "*", and no keys are wanted: the pages of every site may call the endpoint from the browser of whoever visits them. Name the sites, or add access.apiKeys.`,
  );
}

/** Once for all stages: what a key of theirs cannot encrypt. */
function sayUncovered(stages: readonly SlipwayStage[]): void {
  if (stages.length === 0) return;
  const names = stages.map(({ stageName }) => stageName).join(', ');
  say(
    stages,
    `encryptionKey of ${names} does not cover the access logs of the load balancer, which writes to buckets under keys of S3 alone, nor the files in the bucket of the bootstrap, which has a key of its own; docs/guide/encryption.md says how to give it yours`,
  );
}

/** As `Annotations` would, but for the paths of the sources. */
function say([first]: readonly SlipwayStage[], message: string): void {
  first?.last.node.addMetadata(ArtifactMetadataEntryType.INFO, message);
}

/** Once for all stages: it is a choice, and no fault. */
function sayUnpinned(stages: readonly SlipwayStage[]): void {
  if (stages.length === 0) return;
  const names = stages.map(({ stageName }) => stageName).join(', ');
  const message = `no machine image is pinned for ${names}: each deployment takes the newest Amazon Linux of the day, which replaces the instances and which "cdk diff" does not show. "slipway image" writes ${IMAGE_FILE}; commit it.`;
  say(stages, message);
}
