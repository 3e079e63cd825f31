/** The proof itself, run by `run.ts` as the first process of namespaces of its own: when it ends, all of it ends. */

import { Report } from '../report';
import { makeCertificates } from './aws/certificates';
import { judgeConfinement, judgeLogShipper } from './confinement';
import { judgeFailedBoot, withOneByteChanged, without } from './failed-boots';
import { judgeGoodBoot } from './good-boot';
import { judgeDrain, judgeReboot, judgeRestart, judgeScaleOut } from './life';
import { judgeLogs, judgeLogsOverRestarts } from './logs';
import { bootedStages } from './stages';
import { World } from './world';

const NOT_PROVED: Readonly<Record<string, string>> = {
  'CloudWatch makes metrics of the lines that tell of the instance': 'CloudWatch Logs is a fake here',
  'the AWS CLI, cloud-init 22.2, SELinux and ec2-net-utils of Amazon Linux 2023':
    'this is Debian 12, with cloud-init 22.4',
  'interface endpoints, security groups, signatures and conditions of policies': 'the AWS side is a fake',
  'the kernel, disk, memory and processor of the planned instance type': 'this is a container on another machine',
};

async function main(rootFileSystem: string, folder: string): Promise<boolean> {
  const startedAt = performance.now();
  const report = new Report(console.log);
  const { single, group, wrong } = bootedStages(folder);
  const regions = [single, group].map(({ stage }) => stage.region);
  const certificates = makeCertificates([...new Set(regions)]);
  const world = new World({ report, rootFileSystem, folder, certificates });
  await world.start();

  // the boot that takes longest, because it must wait in vain, goes on beside the others
  const waitingInVain = world.launch('wrong', wrong);

  report.section(`one VM (${single.plan.choice.instanceType} in the plan)`);
  const vm = world.launch('single', single);
  const member = world.launch('group', group);
  const vmReady = await judgeGoodBoot(world, vm);
  if (vmReady) {
    await judgeConfinement(world, vm);
    await judgeLogs(world, vm);
    await judgeLogShipper(world, vm);
    await judgeLogsOverRestarts(world, vm);
  }

  report.section('a member of an autoscaling group');
  const memberReady = await judgeGoodBoot(world, member);

  const corrupted = world.launch('corrupted', single, { objects: withOneByteChanged(single, 'handler/handler.cjs') });
  const missing = world.launch('missing', group, { objects: without(group, 'model/model.onnx') });

  report.section('the life of a handler');
  if (vmReady) await judgeRestart(world, vm);
  if (memberReady) await judgeDrain(world, member);
  if (vmReady) await judgeReboot(world, vm);
  await Promise.all([vm.instance.destroy(), member.instance.destroy()]);

  report.section('an instance that scaling launches when no deployment is under way');
  if (memberReady) await judgeScaleOut(world, world.launch('scaled', group, { waiting: [] }));

  report.section('boots that must fail');
  await judgeFailedBoot(world, corrupted, { reason: /handler\/handler\.cjs: FAILED/, handlerStarts: false });
  await judgeFailedBoot(world, missing, { reason: /failed: aws s3 cp .*model\/model\.onnx/, handlerStarts: false });
  await judgeFailedBoot(world, waitingInVain, { reason: /golden rows differ/, handlerStarts: true });

  report.section('what a container cannot show');
  for (const [what, reason] of Object.entries(NOT_PROVED)) report.unproved(what, reason);
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  return report.close().failed === 0;
}

const [rootFileSystem, folder] = process.argv.slice(2) as [string, string];
main(rootFileSystem, folder).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
