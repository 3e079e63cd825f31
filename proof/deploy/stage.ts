/** A deployed stage: what was synthesised, and what exists; of one under proof also what the plan says. */
import { DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { StageConfig } from '../../lib/config/config';
import type { SizingPlan } from '../../lib/sizing';
import { ProofProblem } from '../problem';
import { byPath, type SynthesisedStack, stageStacks } from './assembly';
import type { Aws } from './aws';

export interface CreatedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  /** CloudFormation's word on it, e.g. `CREATE_COMPLETE`. */
  readonly status: string;
  readonly reason: string;
}

export class DeployedStage {
  constructor(
    readonly name: string,
    readonly aws: Aws,
  ) {}

  stacks(assembly: string): SynthesisedStack[] {
    return stageStacks(assembly, this.name);
  }

  /** The stack that holds the endpoint. */
  endpoint(assembly: string): SynthesisedStack {
    const path = `${this.name}/Endpoint`;
    const found = this.stacks(assembly).find((stack) => stack.path === path);
    if (!found) throw new ProofProblem(`the assembly has no stack ${path}; the proof looks for it by that name`);
    return found;
  }

  /** Status of a stack, e.g. `UPDATE_COMPLETE`; undefined when there is none. */
  async status(stack: SynthesisedStack): Promise<string | undefined> {
    try {
      const reply = await this.aws.cloudFormation.send(new DescribeStacksCommand({ StackName: stack.name }));
      return reply.Stacks?.[0]?.StackStatus;
    } catch (error) {
      if ((error as Error).name === 'ValidationError') return undefined;
      throw error;
    }
  }

  /** What CloudFormation says a stack consists of, by logical id. */
  async created(stack: SynthesisedStack): Promise<Map<string, CreatedResource>> {
    const command = new DescribeStackResourcesCommand({ StackName: stack.name });
    const { StackResources = [] } = await this.aws.cloudFormation.send(command);
    return new Map(
      StackResources.map((resource) => [
        resource.LogicalResourceId!,
        {
          logicalId: resource.LogicalResourceId!,
          physicalId: resource.PhysicalResourceId ?? '',
          type: resource.ResourceType!,
          status: resource.ResourceStatus!,
          reason: resource.ResourceStatusReason ?? '',
        },
      ]),
    );
  }

  /** The stacks within a stack, with the names that they have. */
  async within(stack: SynthesisedStack): Promise<SynthesisedStack[]> {
    const created = stack.nested.size > 0 ? await this.created(stack) : new Map<string, CreatedResource>();
    return [...stack.nested].map(([id, nested]) => ({ ...nested, name: created.get(id)?.physicalId ?? '' }));
  }

  /** Physical id of the resource whose construct path ends so; empty when it was not created. */
  async physicalId(stack: SynthesisedStack, pathEnd: string): Promise<string> {
    const [logicalId = ''] = byPath(stack, pathEnd);
    return (await this.created(stack)).get(logicalId)?.physicalId ?? '';
  }
}

export class StageUnderProof extends DeployedStage {
  constructor(
    readonly config: StageConfig,
    readonly plan: SizingPlan,
    aws: Aws,
    /** Whether the package knows its training rows. */
    readonly watchesData: boolean,
  ) {
    super(config.name, aws);
  }
}
