/** Alarms, each found by its purpose, against the thresholds of the sizing plan. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { SizingPlan } from '../../../lib/sizing';
import type { Report } from '../../report';
import { byType, type SynthesisedStack } from '../assembly';
import type { StageUnderProof } from '../stage';

interface Purpose {
  /** End of the construct's path. */
  readonly path: string;
  readonly threshold: number;
  /** What the alarm looks at: a metric's name, or a part of its expression. */
  readonly watches: RegExp;
  /** End of the action's ARN. @default - the topic of the stack */
  readonly action?: string;
}

function purposes({ alarms, instances, topology }: SizingPlan): Readonly<Record<string, Purpose>> {
  const alarm = (name: string, threshold: number, watches: RegExp): Purpose => ({
    path: `/Alarms/${name}/Resource`,
    threshold,
    watches,
  });
  const machine = (name: string, watches: RegExp, action: string): Purpose => ({
    path: `/Single/${name}/Resource`,
    threshold: 1,
    watches,
    action,
  });
  return {
    ...(alarms.cpuPercent !== undefined && { CPU: alarm('Cpu', alarms.cpuPercent, /CPUUtilization/) }),
    ...(alarms.requestsPerSecond !== undefined && {
      overload: alarm('Overload', alarms.requestsPerSecond * 60, /RequestCount/),
    }),
    memory: alarm('Memory', alarms.memoryPercent, /mem_used_percent/),
    disk: alarm('Disk', alarms.diskPercent, /disk_used_percent/),
    'unhealthy hosts': alarm('UnhealthyHosts', instances.minimum, /HealthyHostCount/),
    '5xx rate': alarm('ServerErrors', alarms.serverErrorPercent, /requests.*5XX/),
    'p99 latency': alarm('Latency', alarms.p99Ms / 1000, /TargetResponseTime/),
    'a missed prediction': alarm('Prediction', alarms.predictedP99Ms / 1000, /requests.*TargetResponseTime/s),
    'certificate expiry': alarm('CertificateExpiry', alarms.certificateDays, /DaysToExpiry/),
    ...(topology === 'single' && {
      'recovery of the VM': machine('Recovery', /StatusCheckFailed_System/, ':ec2:recover'),
      'reboot of the VM': machine('Reboot', /StatusCheckFailed_Instance/, ':ec2:reboot'),
    }),
  };
}

export async function checkAlarms(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  const { MetricAlarms = [] } = await stage.aws.cloudWatch.send(new DescribeAlarmsCommand({}));
  const topic = await stage.physicalId(stack, '/Notify/Topic/Resource');
  const expected = purposes(stage.plan);
  for (const [purpose, { path, threshold, watches, action }] of Object.entries(expected)) {
    const name = await stage.physicalId(stack, path);
    const alarm = MetricAlarms.find((candidate) => candidate.AlarmName === name && name !== '');
    const what = `${stage.name}: alarm for ${purpose}`;
    if (!alarm) {
      report.check(false, what, 'there is none');
      continue;
    }
    const watched = `${alarm.MetricName ?? ''} ${JSON.stringify(alarm.Metrics ?? [])}`;
    const told = (alarm.AlarmActions ?? []).some((arn) => (action ? arn.endsWith(action) : arn === topic));
    const faults = [
      alarm.Threshold === threshold ? '' : `threshold is ${alarm.Threshold}, the plan says ${threshold}`,
      watches.test(watched) ? '' : `it watches ${watched}`,
      told || (!action && stage.config.endpoint.notify === 'none')
        ? ''
        : `its actions are ${alarm.AlarmActions?.join(', ')}`,
      (alarm.AlarmDescription ?? '').includes('First step') ? '' : 'its description names no first step',
    ].filter((fault) => fault !== '');
    report.check(faults.length === 0, what, faults.join('; ') || `threshold ${threshold}`);
  }
  report.equal(
    byType(stack, 'AWS::CloudWatch::Alarm').length,
    Object.keys(expected).length,
    `${stage.name}: no alarm without a purpose known here`,
  );
}
