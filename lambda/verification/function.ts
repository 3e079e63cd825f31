/**
 * The function of AWS Lambda that judges a deployment, called by CloudFormation for each of its custom resources.
 *
 * It never holds up a deployment that is taken back: then it puts everything as it was, and agrees.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SlipwayError } from '../../lib/model/error';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE } from '../../lib/model/instance/instance-metrics';
import { readVerifiable } from '../../lib/model/package/model-package';
import {
  CANARY_STATE,
  type CanaryModel,
  FUNCTION_SECONDS,
  type Judged,
  NO_PACKAGE,
  outputOf,
  PACKAGE_OUTPUT,
  PREVIOUS_PACKAGE,
  PREVIOUS_PACKAGE_OUTPUT,
  PROBED,
  type Probed,
  type StoredPackage,
  VARIANT_HEADER,
  VERSIONS_FOLDER,
  WITHDRAWN_METRIC,
  WORK_SECONDS,
} from '../../lib/model/stage/deployment';
import { MAIN_VARIANT, TARGET_VARIANT_HEADER } from '../../lib/model/stage/variant';
import { runCanary } from './canary';
import { type CanaryClients, CanaryWorld, canaryClients } from './canary-world';
import { CLOCK, type Clock, checkEndpoint, requireHolds } from './checks';
import { type Attributes, reasonOf, respond, type StackEvent } from './custom-resource';
import type { Trust } from './https-client';
import { invoking } from './invoke';
import { type CallLambda, lambdaApi } from './lambda-api';
import { readParameter } from './parameter';
import { protect } from './protection';
import { type VerifiedPackage, verifyEndpoint } from './replay';
import { ShiftWorld } from './shift-world';

export interface FunctionOptions {
  readonly stacks: Pick<CloudFormationClient, 'send'>;
  readonly canary: () => CanaryClients;
  /** Calls Lambda. @default - there is no function to invoke */
  readonly lambda?: CallLambda;
  /** Folder with manifest and golden rows of the package. */
  readonly packageFolder: string;
  readonly clock: Clock;
  readonly respond: typeof respond;
  /** One line of the function's log. */
  readonly write: (line: string) => void;
}

/** Longest that a main group may take to grow to what the small one has. */
const GROWTH_MS = 3 * 60_000;
const PAUSE_MS = 10_000;

const LONGEST_SECONDS = FUNCTION_SECONDS - 30;

/** The function, as Lambda calls it with an event of CloudFormation. */
export function judge(options: FunctionOptions): (event: StackEvent) => Promise<void> {
  return async (event) => {
    const { respond, write, stacks } = options;
    try {
      const work =
        event.ResourceProperties.Task === 'protect'
          ? protect(event, { stacks, balancer: options.canary().balancer }, write)
          : new Judgement(event, options).run();
      const data = await inTime(work);
      await respond(event, { data });
    } catch (error) {
      if (!SlipwayError.is(error)) write(String((error as Error).stack ?? error));
      const { member } = JSON.parse(event.ResourceProperties.Settings) as Partial<Judged>;
      const reason = member === undefined ? reasonOf(error) : `${member}: ${reasonOf(error)}`;
      write(reason);
      await respond(event, { reason });
    }
  };
}

/** Lambda would end the function without a word. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SlipwayError('E_UNREACHABLE', `the judgement was not there after ${LONGEST_SECONDS} s`);
    timer = setTimeout(() => reject(error), LONGEST_SECONDS * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

class Judgement {
  private readonly judged: Judged;
  private readonly began: number;
  /** What a new package is tried in. */
  private readonly world?: CanaryWorld | ShiftWorld;

  constructor(
    private readonly event: StackEvent,
    private readonly options: FunctionOptions,
  ) {
    const { Settings, Models } = event.ResourceProperties;
    const judged = JSON.parse(Settings) as Judged;
    const models = Models === undefined ? undefined : (JSON.parse(Models) as CanaryModel[][]).flat();
    this.judged = models && judged.canary ? { ...judged, canary: { ...judged.canary, models } } : judged;
    this.began = options.clock.now();
    const { canary, shift, endpoint } = this.judged;
    if (canary) this.world = new CanaryWorld(canary, endpoint, options.canary(), options.clock);
    else if (shift) {
      const clients = { call: options.lambda!, metrics: options.canary().metrics };
      this.world = new ShiftWorld(shift, endpoint, clients, options.clock);
    }
  }

  async run(): Promise<Attributes> {
    const { RequestType, ResourceProperties } = this.event;
    const canary = ResourceProperties.Task === 'canary';
    if (RequestType === 'Delete') {
      // what is gone already needs no withdrawal; a stack that goes must not stay for it
      if (canary) await this.world?.withdraw().catch((error) => this.options.write(`not withdrawn: ${error}`));
      return {};
    }
    if (ResourceProperties.Task === 'probe') return await this.probe();
    if (ResourceProperties.Task === 'hand') return await this.handOver();
    return canary ? await this.canary() : await this.verify();
  }

  private async canary(): Promise<Attributes> {
    const { From, Last } = this.event.ResourceProperties;
    const { clock } = this.options;
    const state = await runCanary({
      judged: this.judged,
      world: this.world!,
      clock,
      forward: async () => (await this.stack()).forward,
      replay: () => this.replayCanary(),
      tell: (withdrawn) => this.tell(withdrawn),
      ...(From !== undefined && { from: JSON.parse(From) }),
      until: this.began + WORK_SECONDS * 1000,
      last: Last === 'true',
    });
    this.options.write(`canary: ${JSON.stringify(state)}`);
    // CloudFormation moves the alias next, and what Lambda makes of a share of the version that it then is of, AWS does not say
    if (this.judged.shift && Last === 'true') await this.world!.withdraw();
    return { [CANARY_STATE]: JSON.stringify(state) };
  }

  private async verify(): Promise<Attributes> {
    const { forward, previous, deployed } = await this.stack();
    const attributes = { [PREVIOUS_PACKAGE]: forward ? (this.replaced(deployed) ?? previous) : previous };
    if (!forward) {
      await this.world?.withdraw();
      return attributes;
    }
    if (this.world instanceof CanaryWorld) await this.hand(this.world);
    const seen = await this.seen();
    this.options.write(`${this.judged.url}: ${seen}`);
    if (this.world) await this.through(this.world, seen);
    return attributes;
  }

  /** All models of a fleet have instances that are new. */
  private async handOver(): Promise<Attributes> {
    const { forward } = await this.stack();
    if (!forward) await this.world!.withdraw();
    else {
      if (this.world instanceof CanaryWorld) await this.hand(this.world);
      await this.through(this.world!, 'all requests go to instances that are new');
    }
    return {};
  }

  /** No canary was withdrawn. */
  private async through(world: CanaryWorld | ShiftWorld, seen: string): Promise<void> {
    this.tell(false);
    await world.alarm('OK', seen).catch((error) => this.options.write(`the alarm was not set: ${error}`));
  }

  /** Looks at the endpoint, or takes what was seen of it from within its network. */
  private async seen(): Promise<string> {
    const { Probed: probed } = this.event.ResourceProperties;
    if (probed === undefined) return this.look();
    const found = JSON.parse(probed) as Probed;
    if ('seen' in found) return found.seen;
    throw new SlipwayError('E_PARITY', found.problem);
  }

  private async look(): Promise<string> {
    return checkEndpoint(this.judged, this.package(), await this.trust(), this.options.clock, this.versions());
  }

  /** Never fails: whether the stack goes forward is asked by who hears of it. */
  private async probe(): Promise<Attributes> {
    let found: Probed;
    try {
      found = { seen: await this.look() };
    } catch (error) {
      if (!SlipwayError.is(error)) this.options.write(String((error as Error).stack ?? error));
      found = { problem: reasonOf(error) };
    }
    this.options.write(`${this.judged.url}: ${JSON.stringify(found)}`);
    return { [PROBED]: JSON.stringify(found) };
  }

  /** The main group is new: it takes all requests again. */
  private async hand(world: CanaryWorld): Promise<void> {
    const { clock, write } = this.options;
    if (Math.max(...this.judged.canary!.shares) > 50) {
      for (const end = clock.now() + GROWTH_MS; !(await world.mainCarriesAll()); await clock.wait(PAUSE_MS)) {
        if (clock.now() < end) continue;
        write('the main group has fewer instances than the small one, and takes over all the same');
        break;
      }
    }
    await world.withdraw();
  }

  /** Golden rows of each version of each model through the rule of the listener that leads to the small group; of a function by its version. */
  private async replayCanary(): Promise<void> {
    const { limited, closed, canary } = this.judged;
    if (limited) return;
    const trust = await this.trust();
    if (closed && trust.key === undefined) return;
    const headers = canary ? { ...trust.headers, [VARIANT_HEADER]: canary.variant } : trust.headers;
    const replay = async ({ url, connectTo, member }: Pick<Judged, 'url' | 'connectTo' | 'member'>) => {
      for (const package_ of [this.package(member), ...this.versions(member)]) {
        if (!package_.golden) continue;
        const through = { ...trust, headers, ...(connectTo !== undefined && { connectTo }) };
        requireHolds(package_, await verifyEndpoint(new URL(url), package_, through));
      }
    };
    if (!canary?.models) return await replay(this.judged);
    await Promise.all(
      canary.models.map((model) => replay(model).catch((error) => Promise.reject(of(model.member, error)))),
    );
  }

  private package(member = this.judged.member): VerifiedPackage {
    return readVerifiable(this.folder(member));
  }

  private folder(member: string | undefined): string {
    const { packageFolder } = this.options;
    return member === undefined ? packageFolder : join(packageFolder, member);
  }

  /** Other versions of the model. */
  private versions(member = this.judged.member): VerifiedPackage[] {
    const folder = join(this.folder(member), VERSIONS_FOLDER);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => readVerifiable(join(folder, name)));
  }

  private async trust(): Promise<Trust> {
    const { connectTo, anyAuthority, deploymentKey, variant = MAIN_VARIANT, function: version } = this.judged;
    const key = deploymentKey && (await readParameter(deploymentKey));
    // also where there is one model: the deployment that takes the last variant away has its rules until it is judged
    const headers = { [TARGET_VARIANT_HEADER]: variant };
    return {
      ...{ anyAuthority, headers },
      ...(connectTo !== undefined && { connectTo }),
      ...(key && { key }),
      ...(version !== undefined && { through: invoking(version, this.options.lambda!) }),
    };
  }

  /**
   * The package that this deployment replaces, as the resource names it; undefined where it is the same.
   *
   * @param deployed that of the stack, where the model was judged by another resource until now
   */
  private replaced(deployed: string | undefined): string | undefined {
    const { OldResourceProperties: old } = this.event;
    if (!old && deployed === undefined) return undefined;
    const before = old ? (JSON.parse(old.Settings) as Judged).package : (JSON.parse(deployed!) as StoredPackage);
    return before.digest === this.judged.package.digest ? undefined : JSON.stringify(before);
  }

  /** Whether the stack goes forward, the package that it has, and the one before that. */
  private async stack(): Promise<{ forward: boolean; previous: string; deployed?: string }> {
    const asked = new DescribeStacksCommand({ StackName: this.event.StackId });
    const { Stacks: [stack] = [] } = await this.options.stacks.send(asked);
    const { member, previousOutput = outputOf(PREVIOUS_PACKAGE_OUTPUT, member) } = this.judged;
    const output = (named: string) => stack?.Outputs?.find(({ OutputKey }) => OutputKey === named)?.OutputValue;
    const deployed = member === undefined ? undefined : output(outputOf(PACKAGE_OUTPUT, member));
    return {
      forward: stack?.StackStatus === 'CREATE_IN_PROGRESS' || stack?.StackStatus === 'UPDATE_IN_PROGRESS',
      previous: output(previousOutput) ?? NO_PACKAGE,
      ...(deployed !== undefined && { deployed }),
    };
  }

  /** A metric, by CloudWatch's embedded format: the log is all that it takes. */
  private tell(withdrawn: boolean): void {
    const { endpoint } = this.judged;
    const metric = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [[ENDPOINT_DIMENSION]],
      Metrics: [{ Name: WITHDRAWN_METRIC, Unit: 'Count' }],
    };
    const _aws = { Timestamp: this.options.clock.now(), CloudWatchMetrics: [metric] };
    this.options.write(JSON.stringify({ _aws, [ENDPOINT_DIMENSION]: endpoint, [WITHDRAWN_METRIC]: withdrawn ? 1 : 0 }));
  }
}

/** What went wrong with one of the models of a fleet. */
function of(member: string, error: unknown): unknown {
  if (!SlipwayError.is(error)) return error;
  return new SlipwayError(error.code, `${member}: ${error.message}`, { problems: error.problems, cause: error });
}

/** Where the bundle has the package, and within it those of other versions. */
export const PACKAGE_FOLDER = 'package';

const stacks = new CloudFormationClient({});

export const handler = judge({
  stacks,
  canary: canaryClients,
  lambda: lambdaApi(stacks.config),
  packageFolder: `${__dirname}/${PACKAGE_FOLDER}`,
  clock: CLOCK,
  respond,
  write: (line) => process.stdout.write(`${line.replaceAll('\n', '\r')}\n`),
});
