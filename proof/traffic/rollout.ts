/**
 * A deployment as CloudFormation goes through it: the steps of the canary, the main group, the judgement. The function that
 * it calls is the one that is deployed, with the settings of the template.
 */
import type { Clock } from '../../lambda/verification/checks';
import type { Answer, StackEvent } from '../../lambda/verification/custom-resource';
import { judge } from '../../lambda/verification/function';
import { CANARY_STATE, type CanarySettings, type Judged, type JudgeProperties } from '../../lib/model/stage/deployment';
import type { Logged } from '../boot/aws/services';
import type { Deployment } from '../boot/deployment';
import type { Booting } from '../boot/world';
import type { Fleet } from './fleet';
import { FAST_CLOCK, RolloutAccount, SPEED } from './rollout-account';

export interface RolloutOptions {
  readonly fleet: Fleet;
  /** What is deployed: a stage with a rollout. */
  readonly deployment: Deployment;
  /** What the new instances start. @default - what is deployed */
  readonly launched?: Deployment;
  /** Folder of the package that the function has. @default - the one that is deployed */
  readonly packageFolder?: string;
  /** Longest p99 that the plan allows here. */
  readonly p99Ms: number;
  /** Where the endpoint is asked. */
  readonly endpoint: { readonly name: string; readonly address: string };
  readonly logged: readonly Logged[];
  /** Called once, before the small group gets its share. */
  readonly onShare?: (instances: readonly Booting[]) => void;
  /** Called before its instances go. */
  readonly onWithdrawn?: () => Promise<void>;
}

export interface RolledOut {
  /** In the event of the stack, where the deployment has failed. */
  readonly reason?: string;
  readonly account: RolloutAccount;
  /** Lines in the log of the function. */
  readonly log: readonly string[];
}

interface Resource {
  readonly id: string;
  readonly properties: JudgeProperties;
}

export async function rollOut(options: RolloutOptions): Promise<RolledOut> {
  const { fleet, deployment } = options;
  const steps = judgementsOf(deployment).map((resource) => changed(resource, options));
  const [verified] = steps.filter(({ properties }) => properties.Task === 'verify');
  const canaries = steps.filter(({ properties }) => properties.Task === 'canary');
  const account = new RolloutAccount({
    ...options,
    settings: canarySettings(canaries[0]!),
    launched: options.launched ?? deployment,
  });
  const log: string[] = [];
  let forward = true;
  const call = async ({ id, properties }: Resource): Promise<Answer> => {
    let answer: Answer | undefined;
    const handler = judge({
      stacks: {
        send: (async () => ({
          Stacks: [{ StackStatus: forward ? 'UPDATE_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS', Outputs: [] }],
        })) as never,
      },
      canary: () => account.clients,
      packageFolder: options.packageFolder ?? deployment.model.directory,
      clock: FAST_CLOCK satisfies Clock,
      respond: async (_, said) => {
        answer = said;
      },
      write: (line) => log.push(line),
    });
    await handler(eventOf(id, properties, deployment));
    return answer!;
  };

  let from: string | undefined;
  for (const { id, properties } of canaries) {
    const answer = await call({ id, properties: { ...properties, ...(from !== undefined && { From: from }) } });
    if ('reason' in answer) {
      forward = false;
      // CloudFormation takes back what it has called
      const back = await call({ id, properties });
      await account.settled();
      if ('reason' in back) throw new Error(`the rollback was refused: ${back.reason}`);
      return { reason: answer.reason, account, log };
    }
    from = answer.data[CANARY_STATE];
  }
  fleet.deployment = deployment;
  await fleet.replaceAll();
  const answer = await call(verified!);
  await account.settled();
  return { ...('reason' in answer && { reason: answer.reason }), account, log };
}

/** What judges, of the template; the canaries in the order in which CloudFormation comes to them. */
function judgementsOf({ resources, resolve }: Deployment): Resource[] {
  return resources
    .filter(([, { Type }]) => Type === 'Custom::SlipwayJudgement')
    .map(([id, { Properties }]) => ({
      id,
      properties: resolve(Properties) as JudgeProperties,
    }))
    .filter(({ properties }) => properties.Task !== 'protect');
}

/** The template's settings, but for the name, which is not AWS's here, and for times of this machine. */
function changed({ id, properties }: Resource, { endpoint, p99Ms }: RolloutOptions): Resource {
  const settings = JSON.parse(properties.Settings) as Judged;
  const canary = settings.canary!;
  const Settings: Judged = {
    ...settings,
    url: `https://${endpoint.name}`,
    connectTo: endpoint.address,
    anyAuthority: true,
    p99Ms,
    // a boot is no faster than it is
    canary: { ...canary, bootSeconds: canary.bootSeconds * SPEED },
  };
  const { From: _, ...rest } = properties;
  return { id, properties: { ...rest, Settings: JSON.stringify(Settings) } };
}

/** By which golden rows reach the small group alone. */
export function variantOf(deployment: Deployment): string {
  return canarySettings(judgementsOf(deployment)[0]!).variant;
}

function canarySettings({ properties }: Resource): CanarySettings {
  return (JSON.parse(properties.Settings) as Judged).canary!;
}

function eventOf(id: string, ResourceProperties: JudgeProperties, { machine }: Deployment): StackEvent {
  return {
    RequestType: 'Update',
    ResponseURL: '',
    StackId: machine.stack.stackId,
    RequestId: id,
    LogicalResourceId: id,
    PhysicalResourceId: id,
    ResourceProperties,
  };
}
