/** One page for the person on call. */
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { SizingPlan } from '../../sizing/plan';
import type { Alarms } from './alarms';
import type { EndpointMetrics } from './endpoint-metrics';

export interface EndpointDashboardProps {
  readonly metrics: EndpointMetrics;
  readonly alarms: Alarms;
  readonly plan: SizingPlan;
}

/** Widths of the console's grid, which has 24 columns. */
const WHOLE = 24;
const THIRD = 8;

export class EndpointDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: EndpointDashboardProps) {
    super(scope, id);
    const { metrics, plan } = props;
    const { cpuPercent } = plan.alarms;
    const graph = (title: string, left: IMetric[], line?: { value: number; label: string }) =>
      new GraphWidget({ title, left, width: THIRD, leftYAxis: { min: 0 }, ...(line && { leftAnnotations: [line] }) });
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms.all(), width: WHOLE, height: 3 })],
        [
          graph('Requests a minute', [metrics.requests()], {
            value: plan.serviceLevel.requestsPerSecond * 60,
            label: 'planned peak',
          }),
          graph('Latency, s', [metrics.latency('p50'), metrics.latency('p99')], {
            value: plan.serviceLevel.p99Ms / 1000,
            label: 'p99 of the service level',
          }),
          graph('Server errors, %', [metrics.serverErrorPercent()]),
        ],
        [
          graph(
            'CPU, %',
            [metrics.cpuPercent()],
            cpuPercent === undefined ? undefined : { value: cpuPercent, label: 'alarm' },
          ),
          graph('Memory, %', [metrics.memoryPercent()], { value: plan.alarms.memoryPercent, label: 'alarm' }),
          graph('Disk, %', [metrics.diskPercent()], { value: plan.alarms.diskPercent, label: 'alarm' }),
        ],
        [
          graph('Rows a minute', [metrics.handler('Rows')]),
          graph('Refused for overload a minute', [metrics.handler('Overloaded')]),
          graph('Queue and event loop, p99 in ms', [
            metrics.handler('QueueWaitP99'),
            metrics.handler('EventLoopDelayP99'),
          ]),
        ],
        [
          graph('Healthy hosts', [metrics.healthyHosts()], { value: plan.instances.minimum, label: 'least' }),
          graph('Certificate, days left', [metrics.certificateDays()]),
          ...(props.alarms.get('DataDrift')
            ? [graph('Data drift', [metrics.dataDrift()], { value: DRIFT_THRESHOLD, label: 'other data' })]
            : []),
        ],
      ],
    });
  }
}
