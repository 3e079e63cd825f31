/** The function that judges deployments, with the role that it has and its log. */
import { type CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import type { Access } from '../../model/stage/access';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan/plan';
import { parameterArn } from '../boot/access';
import { DUAL_STACK_ENDPOINTS } from '../boot/dual-stack';
import { decryptVia } from '../encryption/encryption-key';
import { acknowledge } from '../findings/acknowledge';
import { acknowledgePart } from '../findings/acknowledgements';
import type { Door } from '../front-door/door';
import { judgement, judgeProps, protection } from './judging-function';

export interface JudgeProps {
  readonly plan: SizingPlan;
  readonly access?: Access;
  readonly frontDoor: Door;
  /** Where a second function stands, which looks from within. @default - the endpoint is public, and one looks from outside */
  readonly inside?: Inside;
  /** Folder of the bundled function. */
  readonly bundle: string;
  /** Of its log and its code, which has the golden rows. @default - those of the services */
  readonly key?: IKey;
}

/** Subnets from which an internal endpoint is reached. */
export interface Inside {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
}

/**
 * It asks from outside of the network, as clients do: the name is public. So it needs no network and no endpoints of its own.
 * Of an internal endpoint a second function looks from within, and the first one judges by what that saw: only the first
 * reaches CloudFormation, and it needs no endpoint for that either.
 */
export class Judge {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** What looks from within. It may read the key of deployments, and nothing else. */
  readonly probe?: LambdaFunction;

  constructor(
    private readonly scope: Construct,
    private readonly props: JudgeProps,
  ) {
    acknowledgePart(scope, 'verification');
    if (!props.key) acknowledgePart(scope, 'log of the verification');
    this.logGroup = new LogGroup(scope, 'Logs', {
      retention: LOG_DAYS.verification,
      ...(props.key && { encryptionKey: props.key }),
      removalPolicy: RemovalPolicy.DESTROY, // what it says is in the events of the stack
    });
    this.role = new Role(scope, 'Role', {
      description: 'Judges deployments of a Slipway endpoint',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.allow(['cloudformation:DescribeStacks'], Stack.of(scope).stackId);
    for (const statement of this.readKey()) this.role.addToPolicy(statement);
    this.function = new LambdaFunction(scope, 'Function', {
      description: 'Judges deployments of a Slipway endpoint',
      ...judgeProps(props.bundle, this.logGroup, props.key),
      role: this.role,
    });
    if (props.inside) this.probe = this.probeFrom(props.inside);
  }

  allow(actions: string[], resource: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  }

  /**
   * When the first deployment has gone well, and not before: until then all of it can be removed. It is there without
   * protection, too: then it takes away what was set before.
   *
   * @param kept what clients and data depend on
   * @param loadBalancer where it is of this stack
   */
  protect(
    kept: readonly IConstruct[],
    on: boolean,
    after: readonly CustomResource[],
    loadBalancer?: ApplicationLoadBalancer,
  ): void {
    if (loadBalancer) this.allow(['elasticloadbalancing:ModifyLoadBalancerAttributes'], loadBalancer.loadBalancerArn);
    this.allow(['cloudformation:SetStackPolicy'], Stack.of(this.scope).stackId);
    const settings = protection(this.scope, kept, on, loadBalancer);
    judgement(this.scope, 'Protected', { Task: 'protect' }, settings, this.function).node.addDependency(...after);
  }

  /** Reading the key of deployments, where there is one. */
  private readKey(): PolicyStatement[] {
    const { access, key } = this.props;
    if (access?.deploymentKey === undefined) return [];
    const actions = ['ssm:GetParameter'];
    const read = new PolicyStatement({
      actions,
      resources: [parameterArn(Stack.of(this.scope), access.deploymentKey)],
    });
    const keys = [...(access.encryptionKey === undefined ? [] : [access.encryptionKey]), ...(key ? [key.keyArn] : [])];
    return [read, ...keys.map((arn) => decryptVia(this.scope, arn, 'ssm'))];
  }

  private probeFrom({ vpc, subnets }: Inside): LambdaFunction {
    const { scope } = this;
    const { frontDoor, plan, bundle, key } = this.props;
    const role = new Role(scope, 'ProbeRole', {
      description: 'Looks at a Slipway endpoint from within its network',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    // as AWSLambdaVPCAccessExecutionRole has it: interfaces are made before they have an ARN
    allow(
      [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
      ],
      '*',
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'network interfaces of a function, which Lambda makes and removes',
    );
    for (const statement of this.readKey()) role.addToPolicy(statement);
    const securityGroup = new SecurityGroup(scope, 'ProbeSecurityGroup', {
      vpc,
      description: 'Looks at a Slipway endpoint from within its network',
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'the endpoint, S3 and SSM');
    const dualStack = plan.serviceLevel.egress === 'ipv6';
    if (dualStack) securityGroup.addEgressRule(Peer.anyIpv6(), Port.HTTPS, 'SSM');
    // a shared front door must not refer to the stack of a model
    if (frontDoor.shared) securityGroup.connections.allowTo(frontDoor, Port.HTTPS, 'judges deployments');
    else frontDoor.connections.allowFrom(securityGroup, Port.HTTPS, 'judges deployments');
    const probe = new LambdaFunction(scope, 'Probe', {
      description: 'Looks at a Slipway endpoint from within its network',
      ...judgeProps(bundle, this.logGroup, key),
      role,
      vpc,
      vpcSubnets: subnets,
      securityGroups: [securityGroup],
      ...(dualStack && { ipv6AllowedForDualStack: true, environment: DUAL_STACK_ENDPOINTS }),
    });
    probe.node.addDependency(role);
    return probe;
  }
}
