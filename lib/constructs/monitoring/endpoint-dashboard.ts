/** One page for the person on call. */
import { AlarmStatusWidget, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { SizingPlan } from '../../sizing/plan/plan';
import type { Alarms } from './alarms';
import type { EndpointMetrics } from './endpoint-metrics';
import { graph, type Line, WHOLE } from './graph';
import { versionGraphs } from './version-graphs';

export interface EndpointDashboardProps {
  readonly metrics: EndpointMetrics;
  readonly alarms: Alarms;
  readonly plan: SizingPlan;
}

/** Nothing, where the plan has no such number. */
const line = (value: number | undefined, label: string): Line[] => (value === undefined ? [] : [{ value, label }]);

export class EndpointDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { metrics, plan, alarms }: EndpointDashboardProps) {
    super(scope, id);
    const { serviceLevel, predicted, instances, alarms: thresholds } = plan;
    const minute = (perSecond: number) => perSecond * 60;
    const processes = plan.workersPerInstance;
    const rows = serviceLevel.requestsPerSecond * serviceLevel.rowsPerRequest;
    const shadowRows = plan.shadow && plan.shadow.share * rows;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            alarms: [alarms.page, ...alarms.all()],
            width: WHOLE,
            height: 4,
          }),
        ],
        [
          graph(
            'Requests a minute',
            [metrics.requests()],
            [
              ...line(minute(serviceLevel.requestsPerSecond), 'planned peak'),
              ...line(minute(predicted.maximumRequestsPerSecond), 'most that the fleet carries'),
            ],
          ),
          graph(
            'Latency, s',
            [metrics.latency('p50'), metrics.latency('p99')],
            [
              ...line(serviceLevel.p99Ms / 1000, 'p99 of the service level'),
              ...line(thresholds.predictedP99Ms / 1000, 'most that the plan allows for'),
            ],
          ),
          graph(
            'Server errors, %',
            [metrics.serverErrorPercent()],
            [...line(thresholds.serverErrorPercent, 'alarm'), ...line(thresholds.errorBudgetPercent, 'error budget')],
          ),
        ],
        [
          graph(
            'CPU, %',
            [metrics.cpuPercent()],
            [
              ...line(thresholds.cpuPercent, 'alarm'),
              ...line(plan.scalingTargetCpuPercent, 'the group grows'),
              ...line(Math.round(100 * predicted.utilisation), 'workers busy at the planned peak'),
            ],
          ),
          graph('Memory, %', [metrics.memoryPercent()], line(thresholds.memoryPercent, 'alarm')),
          graph('Disk, %', [metrics.diskPercent()], line(thresholds.diskPercent, 'alarm')),
        ],
        [
          graph('Rows a minute', [metrics.handler('Rows')], line(minute(rows), 'planned peak')),
          graph('Refused for overload a minute', [metrics.handler('Overloaded')], line(0, 'planned')),
          graph(
            'Queue and event loop, p99 in ms',
            [metrics.handler('QueueWaitP99'), metrics.handler('EventLoopDelayP99')],
            line(serviceLevel.p99Ms, 'p99 of the service level'),
          ),
        ],
        [
          graph(
            alarms.get('EmptyZone') ? 'Healthy hosts, and instances by zone' : 'Healthy hosts',
            [metrics.healthyHosts(), ...(alarms.get('EmptyZone') ? metrics.instancesByZone() : [])],
            [...line(instances.minimum, 'least'), ...line(instances.maximum, 'most')],
          ),
          graph(
            'Handler processes by release: a deployment is where one ends and the next begins',
            [metrics.releases()],
            line(instances.minimum * processes, 'planned'),
          ),
          ...(alarms.get('CertificateExpiry')
            ? [graph('Certificate, days left', [metrics.certificateDays()], line(thresholds.certificateDays, 'alarm'))]
            : []),
          ...(alarms.get('SpotInterruptions')
            ? [
                graph(
                  'Spot instances taken back, an hour',
                  [metrics.spotInterruptions()],
                  line(plan.purchase?.spot, 'all'),
                ),
              ]
            : []),
          ...(alarms.get('EdgeErrors')
            ? [graph('5xx of API Gateway itself, a minute', [metrics.edgeErrors()], line(0, 'planned'))]
            : []),
        ],
        ...versionGraphs(metrics, plan),
        ...(plan.shadow
          ? [
              [
                graph(
                  'Rows of the shadow a minute',
                  [
                    metrics.shadow('ShadowRows'),
                    metrics.shadow('ShadowAgreeingRows'),
                    metrics.shadow('ShadowDroppedRows'),
                  ],
                  line(shadowRows && minute(shadowRows), 'planned peak'),
                ),
              ],
            ]
          : []),
        ...(alarms.get('DataDrift')
          ? [[graph('Data drift', [metrics.dataDrift()], line(DRIFT_THRESHOLD, 'other data'))]]
          : []),
      ],
    });
  }
}
