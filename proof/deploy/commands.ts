/** Day two: what the command line says of a deployed stage, and of one whose first deployment failed. */
import { DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { Finished } from '../process';
import type { Report } from '../report';
import { byPath } from './assembly';
import type { Slipway } from './slipway';
import type { StageUnderProof } from './stage';

/** A bucket that has to be there. */
export const PACKAGES = 'packages-of-the-proof';

/** A line of a boot, and one of a handler that tells of something wrong. */
const LOGGED = [
  ['i-0123456789abcdef0/boot', 'the handler answers'],
  ['i-0123456789abcdef0/handler', '{"level":"error","event":"request","message":"the model cannot be run"}'],
] as const;

export class Commands {
  constructor(
    private readonly report: Report,
    private readonly slipway: Slipway,
    private readonly stage: StageUnderProof,
  ) {}

  /** @param assembly what is deployed, @param model folder of its package, @param before folder of the one before it */
  async ofDeployed(assembly: string, model: string, before: string): Promise<void> {
    const { stage, slipway } = this;
    const { name } = stage;
    const stack = stage.endpoint(assembly);
    const [now, earlier] = [model, before].map((path) => readModelPackage(path).digest.slice(0, 12)) as [
      string,
      string,
    ];
    await this.says(
      0,
      ['status', '--stage', name],
      [
        `${name}: ${stack.name} is UPDATE_COMPLETE`,
        `package: ${readModelPackage(model).manifest.name} ${now}, this folder has `,
        'the last deployment did not fail',
        'no alarm is on',
        /^instances: 1 in service, 0 not/m,
        'drift: nobody has looked',
      ],
    );
    const { code, output } = await slipway.run('status', '--stage', name, '--json');
    const view = JSON.parse(output.slice(output.indexOf('{'))) as Record<string, unknown>;
    this.report.equal(
      [code, view.state, (view.package as { digest: string }).digest.slice(0, 12)],
      [0, 'UPDATE_COMPLETE', now],
      `${name}: slipway status --json says the same`,
    );
    await this.says(
      1,
      ['status'],
      [`${name}: ${stack.name} is UPDATE_COMPLETE`, /: NOT KNOWN: the stack \S+ cannot be read/],
    );
    await this.drift(assembly);
    await this.says(0, ['why', '--stage', name], ['nothing is wrong that AWS tells of', /: healthy$/m]);

    const logs = await stage.physicalId(stack, '/Fleet/Logs/Resource');
    for (const [logStreamName, message] of LOGGED) {
      await stage.aws.ask(
        ['logs', 'create_log_stream', { logGroupName: logs, logStreamName }],
        [
          'logs',
          'put_log_events',
          { logGroupName: logs, logStreamName, logEvents: [{ timestamp: Date.now() - 60_000, message }] },
        ],
      );
    }
    const [[boot, booted], [handler, wrong]] = LOGGED;
    await this.says(0, ['logs', '--stage', name, '--since', '15m'], [`${boot} ${booted}`, `${handler} ${wrong}`]);
    await this.says(0, ['logs', '--stage', name, '--since', '1s'], ['has no such line; --since looks further back']);
    await this.says(
      0,
      ['preflight', '--stage', name, '--app', assembly],
      ['nothing that a deployment must not do'],
      false,
    );

    const place = `s3://${PACKAGES}/models`;
    await slipway.plainly('push', model, place);
    await this.says(0, ['versions', place], [now, new RegExp(`\\b${name}\\b`)]);
    await this.says(1, ['verify', '--stage', name], ['the name does not resolve']);

    await this.says(0, ['rollback', '--stage', name, '--yes'], [earlier]);
    await this.says(0, ['status', '--stage', name], [`package: ${readModelPackage(before).manifest.name} ${earlier}`]);
  }

  /** An alarm that somebody changes by hand. */
  private async drift(assembly: string): Promise<void> {
    const { stage } = this;
    const stack = stage.endpoint(assembly);
    await this.says(0, ['status', '--stage', stage.name, '--drift'], ['drift: none']);
    const AlarmNames = [await stage.physicalId(stack, '/Alarms/Memory/Resource')];
    const { MetricAlarms: [alarm] = [] } = await stage.aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    const { AlarmArn: _, StateValue: __, ...settings } = alarm!;
    const put = (Threshold: number) =>
      stage.aws.cloudWatch.send(new PutMetricAlarmCommand({ ...settings, Threshold } as never));
    await put(alarm!.Threshold! - 1);
    const [id] = byPath(stack, '/Alarms/Memory/Resource');
    await this.says(
      0,
      ['status', '--stage', stage.name, '--drift'],
      ['the stack is not as its template says', `${id}`, '/Threshold'],
    );
    await put(alarm!.Threshold!);
  }

  /** A command's exit status, and what is in its output. */
  async says(
    status: number,
    words: readonly string[],
    parts: readonly (string | RegExp)[],
    configured = true,
  ): Promise<Finished> {
    const done = await (configured ? this.slipway.run(...words) : this.slipway.plainly(...words));
    const missing = parts.filter((part) =>
      typeof part === 'string' ? !done.output.includes(part) : !part.test(done.output),
    );
    this.report.check(
      done.code === status && missing.length === 0,
      `slipway ${words.filter((word) => !word.includes('/') || word.startsWith('s3:')).join(' ')} ends with ${status}, and says so`,
      done.code === status && missing.length === 0
        ? ''
        : `status ${done.code}, without ${missing.join(' | ')}: ${done.output}`,
    );
    return done;
  }
}
