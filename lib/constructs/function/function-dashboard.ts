/** One page for the person on call. */
import { AlarmStatusWidget, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { FunctionPlan } from '../../sizing';
import { CERTIFICATE_DAYS } from '../../sizing/function/function-alarms';
import type { Alarms } from '../monitoring/alarms';
import { graph, WHOLE } from '../monitoring/graph';
import type { FunctionMetrics } from './function-metrics';

export interface FunctionDashboardProps {
  readonly metrics: FunctionMetrics;
  readonly alarms: Alarms;
  readonly plan: FunctionPlan;
}

export class FunctionDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { metrics, alarms, plan }: FunctionDashboardProps) {
    super(scope, id);
    const { alarms: thresholds, limit, concurrency } = plan;
    const minute = (perSecond: number) => perSecond * 60;
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
            [metrics.requests(), metrics.clientErrors()],
            [
              { value: minute(thresholds.requestsPerSecond), label: 'planned peak' },
              { value: minute(limit.requestsPerSecond), label: 'limit of the HTTP API' },
            ],
          ),
          graph(
            'Latency, ms',
            [metrics.latency('p50'), metrics.latency('p99')],
            [{ value: thresholds.p99Ms, label: 'p99 of the service level' }],
          ),
          graph(
            'Server errors, %',
            [metrics.serverErrorPercent()],
            [
              { value: thresholds.serverErrorPercent, label: 'alarm' },
              { value: thresholds.errorBudgetPercent, label: 'error budget' },
            ],
          ),
        ],
        [
          graph(
            'In the function, ms',
            [metrics.duration('p50'), metrics.duration('p99')],
            [{ value: thresholds.predictedDurationMs, label: 'most that the plan allows for' }],
          ),
          graph('Environments at a time', [metrics.environments()], [{ value: concurrency, label: 'planned' }]),
          graph(
            'Invocations that fail or find no environment, a minute',
            [metrics.failed(1), metrics.throttled()],
            [{ value: 0, label: 'planned' }],
          ),
        ],
        [
          ...(thresholds.certificates > 0
            ? [
                graph(
                  'Certificate, days left',
                  [metrics.certificateDays()],
                  [{ value: CERTIFICATE_DAYS, label: 'alarm' }],
                ),
              ]
            : []),
          ...(thresholds.watchesData
            ? [
                graph('Drift of the rows', [metrics.dataDrift()], [{ value: DRIFT_THRESHOLD, label: 'alarm' }]),
                graph('Values of the rows that training did not have, a minute', metrics.oddValues(), [
                  { value: 0, label: 'in training' },
                ]),
              ]
            : []),
          ...(thresholds.canary
            ? [
                graph(
                  'Requests a minute by version',
                  [metrics.byVersion()],
                  [{ value: minute(thresholds.requestsPerSecond), label: 'planned peak' }],
                ),
              ]
            : []),
        ],
      ].filter((row) => row.length > 0),
    });
  }
}
