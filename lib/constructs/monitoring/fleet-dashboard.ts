/** One page for the person on call of several models that share instances. */
import { AlarmStatusWidget, Dashboard, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { ServiceLevel } from '../../sizing';
import type { SizingPlan } from '../../sizing/plan/plan';
import type { AlarmSet, Alarms } from './alarms';
import type { EndpointMetrics } from './endpoint-metrics';
import { graph, WHOLE } from './graph';
import { versionGraphs } from './version-graphs';

/** One of the models. */
export interface ShownModel {
  readonly name: string;
  /** Its part of that of the fleet. */
  readonly plan: SizingPlan;
  readonly metrics: EndpointMetrics;
  readonly alarms: AlarmSet;
}

export interface FleetDashboardProps {
  /** Of the instances. */
  readonly metrics: EndpointMetrics;
  readonly alarms: Alarms;
  readonly plan: SizingPlan;
  readonly models: readonly ShownModel[];
}

export class FleetDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { metrics, alarms, plan, models }: FleetDashboardProps) {
    super(scope, id);
    const ofEach = (metric: (metrics: EndpointMetrics) => Metric) =>
      models.map((model) => metric(model.metrics).with({ label: model.name }));
    const planned = (value: (level: ServiceLevel) => number, what: string) =>
      models.map((model) => ({ value: value(model.plan.serviceLevel), label: `${model.name}: ${what}` }));
    const rows = models.map(
      ({ plan: { serviceLevel } }) => serviceLevel.requestsPerSecond * serviceLevel.rowsPerRequest,
    );
    const strictestMs = Math.min(...models.map((model) => model.plan.serviceLevel.p99Ms));
    const { instances, alarms: thresholds, predicted, workersPerInstance } = plan;
    const watched = models.filter((model) => model.alarms.get('DataDrift'));
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            alarms: [
              ...alarms.asSeenBy(new Construct(this, 'OfFleet')),
              ...models.flatMap((model) => model.alarms.asSeenBy(new Construct(this, model.name))),
            ],
            width: WHOLE,
            height: 6,
          }),
        ],
        [
          graph(
            'Requests a minute',
            ofEach((model) => model.requests()),
            planned(({ requestsPerSecond }) => 60 * requestsPerSecond, 'planned peak'),
          ),
          graph(
            'Latency, p99 in s',
            ofEach((model) => model.latency('p99')),
            planned(({ p99Ms }) => p99Ms / 1000, 'service level'),
          ),
          graph(
            'Server errors a minute',
            ofEach((model) => model.serverErrors()),
            [{ value: 0, label: 'planned' }],
          ),
        ],
        [
          graph(
            'CPU, %',
            [metrics.cpuPercent()],
            [
              {
                value: Math.round(100 * predicted.utilisation),
                label: 'workers busy at the planned peaks',
              },
            ],
          ),
          graph('Memory, %', [metrics.memoryPercent()], [{ value: thresholds.memoryPercent, label: 'alarm' }]),
          graph('Disk, %', [metrics.diskPercent()], [{ value: thresholds.diskPercent, label: 'alarm' }]),
        ],
        [
          graph(
            'Rows a minute',
            [metrics.handler('Rows')],
            [
              {
                value: 60 * rows.reduce((sum, each) => sum + each, 0),
                label: 'planned peaks together',
              },
            ],
          ),
          graph('Refused for overload a minute', [metrics.handler('Overloaded')], [{ value: 0, label: 'planned' }]),
          graph(
            'Queue and event loop, p99 in ms',
            [metrics.handler('QueueWaitP99'), metrics.handler('EventLoopDelayP99')],
            [{ value: strictestMs, label: 'strictest p99 of a service level' }],
          ),
        ],
        [
          graph(
            alarms.get('EmptyZone') ? 'Healthy hosts, and instances by zone' : 'Healthy hosts',
            [metrics.healthyHosts(), ...(alarms.get('EmptyZone') ? metrics.instancesByZone() : [])],
            [{ value: instances.minimum, label: 'least' }],
          ),
          graph(
            'Handler processes by release: a deployment is where one ends and the next begins',
            [metrics.releases()],
            [{ value: instances.minimum * workersPerInstance, label: 'planned' }],
          ),
          ...(watched.length > 0
            ? [
                graph(
                  'Data drift',
                  watched.map((model) => model.metrics.dataDrift().with({ label: model.name })),
                  [{ value: DRIFT_THRESHOLD, label: 'other data' }],
                ),
              ]
            : []),
        ],
        ...models.flatMap((model) => versionGraphs(model.metrics, model.plan, model.name)),
      ],
    });
  }
}
