/** A first deployment whose instance does not come up: it says why, and leaves what is kept on purpose and nothing else. */
import { DescribeStackEventsCommand, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import type { Report } from '../report';
import type { Cdk } from './cdk';
import { added, census } from './census';
import type { Commands } from './commands';
import type { Emulator } from './emulator';
import type { StageUnderProof } from './stage';

const REASON = 'line 71 failed: sha256sum | handler: golden rows differ';

export async function failFirst(
  report: Report,
  cdk: Cdk,
  emulator: Emulator,
  stage: StageUnderProof,
  assembly: string,
  commands: Commands,
): Promise<void> {
  const { name } = stage;
  const stack = stage.endpoint(assembly);
  const before = await census(stage.aws);
  emulator.signalFailure(REASON);
  const failed = await cdk.deploy(assembly, name, stage.config.region);
  emulator.signalFailure(undefined);
  report.check(
    failed.code !== 0 && failed.output.includes(REASON),
    `${name}: a first deployment fails when its instance does, and cdk deploy says why`,
    failed.code === 0 ? 'it succeeds' : '',
  );
  report.equal(
    await stage.status(stack),
    'ROLLBACK_COMPLETE',
    `${stack.path}: stack status, with the test file in the bucket`,
  );
  const { StackEvents = [] } = await stage.aws.cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stack.name }),
  );
  const events = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  report.equal(
    events.map(({ ResourceType, ResourceStatusReason = '' }) => [ResourceType, ResourceStatusReason.includes(REASON)]),
    [['AWS::CloudFormation::WaitCondition', true]],
    `${name}: one event of the stack has the reason`,
  );

  const next = await cdk.deploy(assembly, name, stage.config.region);
  report.check(
    next.code !== 0 && next.output.includes('TerminationProtection'),
    `${name}: what is left of a protected stage is in the way of the next deployment`,
    next.code === 0 ? 'it is deployed' : '',
  );
  const lift = `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack.name}`;
  await commands.says(1, ['why', '--stage', name], [REASON, lift, 'the answers are not those of the package']);
  await commands.says(1, ['preflight', '--stage', name, '--app', assembly], [lift], false);
  await commands.says(1, ['status', '--stage', name], ['is ROLLBACK_COMPLETE', REASON, lift, 'package: none yet']);
  const unprotect = (StackName: string) =>
    stage.aws.cloudFormation.send(
      new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
    );
  await unprotect(stack.name);
  const again = await cdk.deploy(assembly, name, stage.config.region);
  report.check(
    again.code === 0,
    `${name}: the next deployment takes its place once the protection is lifted`,
    again.code === 0 ? '' : again.output.trim().split('\n').slice(-20).join('\n'),
  );
  report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
  for (const { name: one } of stage.stacks(assembly)) await unprotect(one);
  const gone = await cdk.destroy(assembly, name, stage.config.region);
  report.check(gone.code === 0, `${name}: cdk destroy`);
  const left = added(before, await census(stage.aws))
    .map((what) => what.split(' ')[0]!)
    .filter((type) => type !== 'AWS::Route53::RecordSet');
  report.equal(
    left.sort(),
    [
      ...Array(3).fill('AWS::Logs::LogGroup'), // of both endpoints, and of the network
      ...Array(2).fill('AWS::S3::Bucket'),
    ],
    `${name}: left are the logs of both deployments`,
  );
}
