/** Reads what CloudWatch measured of a deployed endpoint, with the credentials of whoever calls. */
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { SlipwayError } from '../model/error';
import { ENDPOINT_DIMENSION, MEMORY_METRIC, METRIC_NAMESPACE } from '../model/instance/instance-metrics';
import type { Observation, Observations } from './observation';

export interface DeployedEndpoint {
  /** Name of its stack. */
  readonly stack: string;
  /** Name that clients use. */
  readonly name: string;
  readonly region: string;
}

export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/** CloudWatch keeps periods of five minutes for 63 days, and those of one minute for 15. */
const PERIOD_SECONDS = 300;

/** Clients of the SDK, which a proof points at an emulator. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
}

export function clients(region: string): Clients {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  return { cloudFormation: new CloudFormationClient({ region }), cloudWatch: new CloudWatchClient({ region }) };
}

type Resources = ReadonlyMap<string, string>;

/** Logical ids of what serves: a canary and a shadow have groups, too. */
const SERVING = /Fleet|FrontDoor/;

async function resourcesOf({ stack }: DeployedEndpoint, { cloudFormation }: Clients): Promise<Resources> {
  const byType = new Map<string, string>();
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stack })) {
    for (const { ResourceType, PhysicalResourceId, LogicalResourceId } of page.StackResourceSummaries ?? []) {
      if (!ResourceType || !PhysicalResourceId) continue;
      if (!byType.has(ResourceType) || SERVING.test(LogicalResourceId ?? ''))
        byType.set(ResourceType, PhysicalResourceId);
    }
  }
  return byType;
}

/** How CloudWatch names a load balancer or a target group: the end of its ARN. */
const dimensionOf = (arn: string) => arn.slice(arn.indexOf(':targetgroup/') + 1).replace(/^.*:loadbalancer\//, '');

/** The load balancer of a stack that shares it with others, as the ARN of a rule on it has it. */
const balancerOfRule = (arn = '') => /:listener-rule\/((?:[^/]+\/){2}[^/]+)/.exec(arn)?.[1];

function needed(type: string, { stack }: DeployedEndpoint, resources: Resources): string {
  const id = resources.get(type);
  if (id) return id;
  throw new SlipwayError('E_AWS', `stack ${stack} has no ${type}; was it deployed by this version of Slipway?`);
}

/** A metric by five minutes. */
export function metric(
  Id: string,
  [Namespace, MetricName, Stat]: readonly [namespace: string, name: string, statistic: string],
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: PERIOD_SECONDS, Stat } };
}

function queries(endpoint: DeployedEndpoint, resources: Resources): MetricDataQuery[] {
  const need = (type: string) => needed(type, endpoint, resources);
  const shared = balancerOfRule(resources.get('AWS::ElasticLoadBalancingV2::ListenerRule'));
  const own = resources.get('AWS::ElasticLoadBalancingV2::LoadBalancer') !== undefined;
  const balancer = {
    LoadBalancer: shared && !own ? shared : dimensionOf(need('AWS::ElasticLoadBalancingV2::LoadBalancer')),
  };
  const target = { ...balancer, TargetGroup: dimensionOf(need('AWS::ElasticLoadBalancingV2::TargetGroup')) };
  const machines = { AutoScalingGroupName: need('AWS::AutoScaling::AutoScalingGroup') };
  return [
    // answers of a shared load balancer itself are counted over all that share it
    ...(own
      ? [
          metric('requests', ['AWS/ApplicationELB', 'RequestCount', 'Sum'], balancer),
          metric('refused', ['AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'Sum'], balancer),
        ]
      : [
          metric('requests', ['AWS/ApplicationELB', 'RequestCount', 'Sum'], target),
          metric('refused', ['AWS/ApplicationELB', 'TargetConnectionErrorCount', 'Sum'], target),
        ]),
    metric('failed', ['AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'Sum'], target),
    metric('p99', ['AWS/ApplicationELB', 'TargetResponseTime', 'p99'], target),
    metric('instances', ['AWS/ApplicationELB', 'HealthyHostCount', 'Average'], target),
    metric('cpu', ['AWS/EC2', 'CPUUtilization', 'Average'], machines),
    metric('memory', [METRIC_NAMESPACE, MEMORY_METRIC, 'Maximum'], { [ENDPOINT_DIMENSION]: endpoint.name }),
  ];
}

/** Values by metric and start of the period. */
type Series = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Each of the metrics is there, be it without a value. */
export async function seriesOf(
  queried: MetricDataQuery[],
  { from, until }: Span,
  { cloudWatch }: Pick<Clients, 'cloudWatch'>,
): Promise<Series> {
  const series = new Map(queried.map(({ Id }) => [Id!, new Map<number, number>()]));
  const pages = paginateGetMetricData(
    { client: cloudWatch },
    { MetricDataQueries: queried, StartTime: from, EndTime: until },
  );
  for await (const page of pages) {
    for (const { Id, Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      for (const [i, at] of Timestamps.entries()) series.get(Id!)?.set(at.getTime(), Values[i]!);
    }
  }
  return series;
}

/** What a period is compared by besides its requests. */
const NEEDED = { p99: 'TargetResponseTime', cpu: 'CPUUtilization', instances: 'HealthyHostCount' } as const;

function observationsOf(series: Series, { from, until }: Span): Observations {
  const at = (metric: string, time: number) => series.get(metric)?.get(time);
  const periods: Observation[] = [];
  for (const [time, requests] of [...series.get('requests')!].sort(([a], [b]) => a - b)) {
    const [p99, cpuPercent, instances] = Object.keys(NEEDED).map((metric) => at(metric, time));
    // a period in which one of them is missing cannot be compared: the first after a deployment, say
    if (p99 === undefined || cpuPercent === undefined || instances === undefined) continue;
    periods.push({
      at: new Date(time).toISOString(),
      requestsPerSecond: requests / PERIOD_SECONDS,
      p99Ms: p99 * 1000,
      cpuPercent,
      instances,
    });
  }
  const total = (metric: string) => [...series.get(metric)!.values()].reduce((a, b) => a + b, 0);
  const failed = total('failed') + total('refused');
  const memory = [...(series.get('memory')?.values() ?? [])];
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    periodSeconds: PERIOD_SECONDS,
    periods,
    // the load balancer counts those that it hands over
    requests: Math.max(total('requests'), failed),
    failed,
    ...(memory.length > 0 && { memoryPercent: memory.reduce((a, b) => Math.max(a, b)) }),
  };
}

/**
 * Requests, p99, CPU, instances and memory by five minutes.
 *
 * @throws SlipwayError E_AWS when the stack is not there, AWS refuses, or has requests and nothing to compare them with
 */
export function observe(endpoint: DeployedEndpoint, span: Span, sdk: Clients): Promise<Observations> {
  return asked(endpoint, async () => {
    const series = await seriesOf(queries(endpoint, await resourcesOf(endpoint, sdk)), span, sdk);
    const observations = observationsOf(series, span);
    if (observations.periods.length > 0 || observations.requests === 0) return observations;
    const missing = Object.entries(NEEDED).flatMap(([id, name]) => (series.get(id)!.size === 0 ? [name] : []));
    const what = missing.length > 0 ? `no ${missing.join(' and no ')}` : 'never all of them for the same five minutes';
    throw new SlipwayError('E_AWS', `requests came, but CloudWatch has ${what}; wait until the instances are measured`);
  });
}

/**
 * The same of a few periods as they are: some may lack what others have, as after a first deployment.
 *
 * @throws SlipwayError E_AWS when the stack is not there, or AWS refuses
 */
export function glance(endpoint: DeployedEndpoint, span: Span, sdk: Clients): Promise<Observations> {
  return asked(endpoint, async () =>
    observationsOf(await seriesOf(queries(endpoint, await resourcesOf(endpoint, sdk)), span, sdk), span),
  );
}

/** What the HTTP API of a function counted: there is no processor and no instance of it to be measured. */
export interface FunctionObservations extends Pick<Observations, 'from' | 'until' | 'requests' | 'failed'> {
  readonly periods: readonly Pick<Observation, 'at' | 'requestsPerSecond' | 'p99Ms'>[];
}

/**
 * Requests, errors and p99 of a function by five minutes.
 *
 * @throws SlipwayError E_AWS when the stack is not there, or AWS refuses
 */
export function glanceAtFunction(endpoint: DeployedEndpoint, span: Span, sdk: Clients): Promise<FunctionObservations> {
  return asked(endpoint, async () => {
    const api = { ApiId: needed('AWS::ApiGatewayV2::Api', endpoint, await resourcesOf(endpoint, sdk)) };
    const queried = [
      metric('requests', ['AWS/ApiGateway', 'Count', 'Sum'], api),
      metric('failed', ['AWS/ApiGateway', '5xx', 'Sum'], api),
      metric('p99', ['AWS/ApiGateway', 'Latency', 'p99'], api),
    ];
    const series = await seriesOf(queried, span, sdk);
    const total = (name: string) => [...series.get(name)!.values()].reduce((a, b) => a + b, 0);
    const periods = [...series.get('requests')!]
      .sort(([a], [b]) => a - b)
      .map(([time, requests]) => ({
        at: new Date(time).toISOString(),
        requestsPerSecond: requests / PERIOD_SECONDS,
        p99Ms: series.get('p99')!.get(time) ?? 0,
      }));
    return {
      from: span.from.toISOString(),
      until: span.until.toISOString(),
      periods,
      requests: total('requests'),
      failed: total('failed'),
    };
  });
}

/**
 * Ask AWS something about an endpoint.
 *
 * @throws SlipwayError E_AWS that says what to do about what AWS refuses
 */
export async function asked<T>(endpoint: DeployedEndpoint, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (SlipwayError.is(error)) throw error;
    const { name, message } = error as Error;
    const remedy = /does not exist/.test(message)
      ? 'deploy the stage first, or say in slipway.yaml which region it is in, and use credentials of its account'
      : /credentials/i.test(name)
        ? 'sign in to its account, e.g. with "aws sso login", and set AWS_PROFILE'
        : 'it needs cloudformation:ListStackResources and cloudwatch:GetMetricData in that account and region';
    throw new SlipwayError('E_AWS', `${endpoint.stack} in ${endpoint.region}: ${name}: ${message}; ${remedy}`, {
      cause: error,
    });
  }
}
