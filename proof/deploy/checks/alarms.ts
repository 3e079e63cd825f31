/** Alarms, each found by its name, against the thresholds of the sizing plan. */
import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { plannedAlarms } from '../../../lib/sizing/alarms/planned-alarms';
import type { Report } from '../../report';
import { byPath, byType, type SynthesisedStack } from '../assembly';
import type { StageUnderProof } from '../stage';

/** Names of the metrics of an alarm, from a template or from CloudWatch, which have the same form. */
function metricNames({ MetricName, Metrics = [] }: Pick<MetricAlarm, 'MetricName' | 'Metrics'>): string {
  return [MetricName, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.MetricName)].filter(Boolean).join(', ');
}

export async function checkAlarms(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  const { MetricAlarms = [] } = await stage.aws.cloudWatch.send(new DescribeAlarmsCommand({}));
  const topic = await stage.physicalId(stack, '/Notify/Topic/Resource');
  const expected = plannedAlarms(stage.plan, stage.watchesData);
  for (const { name: purpose, threshold, severity } of expected) {
    const path = `/Alarms/${purpose}/Resource`;
    const name = await stage.physicalId(stack, path);
    const wanted = metricNames(stack.resources[byPath(stack, path)[0]!]!.Properties!);
    const alarm = MetricAlarms.find((candidate) => candidate.AlarmName === name && name !== '');
    const what = `${stage.name}: alarm ${purpose}`;
    if (!alarm) {
      report.check(false, what, 'there is none');
      continue;
    }
    const watched = metricNames(alarm);
    // what pages does so through the composite alarm
    const told = severity !== 'inform' || (alarm.AlarmActions ?? []).some((arn) => arn === topic);
    const faults = [
      alarm.Threshold === threshold ? '' : `threshold is ${alarm.Threshold}, the plan says ${threshold}`,
      watched === wanted ? '' : `it watches ${watched}, the template says ${wanted}`,
      told || stage.config.endpoint.notify === 'none' ? '' : `its actions are ${alarm.AlarmActions?.join(', ')}`,
      (alarm.AlarmDescription ?? '').includes('First step') ? '' : 'its description names no first step',
    ].filter((fault) => fault !== '');
    report.check(faults.length === 0, what, faults.join('; ') || `threshold ${threshold}`);
  }
  report.equal(
    byType(stack, 'AWS::CloudWatch::Alarm').length,
    expected.length + expected.filter(({ alsoMinutes }) => alsoMinutes !== undefined).length,
    `${stage.name}: no alarm that is not in the table`,
  );
}
