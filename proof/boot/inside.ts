/** The proof itself, run by `run.ts` as the first process of namespaces of its own: when it ends, all of it ends. */

import { join } from 'node:path';
import { HANDLER_ENTRY, HOME, NODE_BINARY } from '../../lib/constructs/boot/layout';
import { conclude } from '../record';
import { Report } from '../report';
import { judgeArm64 } from './arm64';
import { makeCertificates } from './aws/certificates';
import { command } from './command';
import { judgeConfinement, judgeLogShipper } from './confinement';
import { limitProgram } from './control-groups';
import { judgeFailedBoot, withOneByteChanged, without } from './failed-boots';
import { judgeGoodBoot } from './good-boot';
import { judgeHungHandler, judgeHungWorker } from './hung';
import { judgeKeys, parameters } from './keys';
import { judgeDrain, judgeReboot, judgeRestart, judgeScaleOut } from './life';
import { judgeLogs, judgeLogsOverRestarts } from './logs';
import { judgePooled, pooledParameters } from './pooled';
import { bootedStages } from './stages';
import { judgeTls } from './tls';
import { World } from './world';

const NOT_PROVED: Readonly<Record<string, string>> = {
  'ONNX Runtime on arm64':
    'its look at the processor fails under emulation; the model here needs the native engine alone',
  'CloudWatch makes metrics of the lines that tell of the instance': 'CloudWatch Logs is a fake here',
  'the AWS CLI, cloud-init 22.2, SELinux and ec2-net-utils of Amazon Linux 2023':
    'this is Debian 12, with cloud-init 22.4',
  'interface endpoints, security groups, signatures and conditions of policies': 'the AWS side is a fake',
  'the kernel, disk, memory and processor of the planned instance type': 'this is a container on another machine',
};

/** @param emulation why arm64 cannot be emulated here; empty when it can */
async function main(rootFileSystem: string, folder: string, cache: string, emulation: string): Promise<boolean> {
  const startedAt = performance.now();
  const report = new Report(console.log);
  const { single, group, wrong, hopeless, alone, arm64, unbalanced, encrypted, pooled } = bootedStages(folder);
  const regions = [single, group].map(({ stage }) => stage.region);
  const certificates = makeCertificates([...new Set(regions)]);
  const world = new World({ report, rootFileSystem, folder, certificates });
  await world.start();

  // the boot that takes longest, because it must wait in vain, goes on beside the others
  const waitingInVain = world.launch('wrong', wrong);

  report.section('one VM');
  const vm = world.launch('single', single);
  const member = world.launch('group', group);
  const keyed = world.launch('alone', alone, { parameters });
  const vmReady = await judgeGoodBoot(world, vm);
  if (vmReady) {
    await judgeConfinement(world, vm);
    await judgeLogs(world, vm);
    await judgeLogShipper(world, vm);
    await judgeLogsOverRestarts(world, vm);
  }

  report.section('a member of an autoscaling group');
  const memberReady = await judgeGoodBoot(world, member);
  if (memberReady) await judgeLogs(world, member);

  report.section('one process behind keys');
  const keyedReady = await judgeGoodBoot(world, keyed);
  if (keyedReady) await judgeKeys(world, keyed);

  report.section('an instance of a warm pool, stopped when it is ready and started again');
  const warm = world.launch('pooled', pooled, {
    parameters: pooledParameters,
    boundFor: 'Warmed:Stopped',
    balanced: false,
  });
  await judgePooled(world, warm);
  await warm.instance.destroy();

  report.section('two processes behind TLS');
  const secure = world.launch('encrypted', encrypted);
  if (await judgeGoodBoot(world, secure)) await judgeTls(world, secure);

  const failing = [
    {
      what: 'with a file that has been changed',
      booting: world.launch('corrupted', single, { objects: withOneByteChanged(single, 'handler/handler.cjs') }),
      expected: { reason: /handler\/handler\.cjs: FAILED/, handlerStarts: false },
    },
    {
      what: 'with a file that is missing',
      booting: world.launch('missing', group, { objects: without(group, 'model/model.onnx') }),
      expected: { reason: /failed: aws s3 cp .*model\/model\.onnx/, handlerStarts: false },
    },
    {
      what: 'with a full disk',
      booting: world.launch('full-disk', single, { volumeMiB: 100 }),
      expected: { reason: /No space left on device|Wrote only \d+ of/, event: /line \d+ failed/, handlerStarts: false },
    },
    {
      what: 'with a wrong clock',
      booting: world.launch('wrong-clock', single, { clockAheadSeconds: 3600 }),
      expected: {
        reason: /RequestTimeTooSkewed|is from another time/,
        event: /failed: aws s3 cp/,
        handlerStarts: false,
        told: false,
      },
    },
    {
      what: 'from an S3 that cuts every answer',
      booting: world.launch('s3-is-cut', single, { s3: { cuts: Number.POSITIVE_INFINITY } }),
      expected: { reason: /failed: aws s3 cp /, handlerStarts: false },
    },
    {
      what: 'with too little memory',
      booting: world.launch('no-memory', hopeless),
      expected: { reason: /did not become ready/, event: /^memory ran out; /, handlerStarts: true },
    },
    {
      what: 'that no load balancer asks',
      booting: world.launch('unbalanced', unbalanced, { balanced: false }),
      expected: { reason: /no load balancer asked 3 times/, handlerStarts: true },
    },
  ];

  limitProgram('no-memory', [`${HOME}/${NODE_BINARY}`, `${HOME}/${HANDLER_ENTRY}`], hopeless.plan.memoryLimitMiB);

  report.section('the life of a handler');
  if (vmReady) await judgeRestart(world, vm);
  if (memberReady) await judgeDrain(world, member);
  await Promise.all([
    vmReady && judgeHungHandler(world, vm, 'the process above the workers').then(() => judgeHungWorker(world, vm)),
    keyedReady && judgeHungHandler(world, keyed, 'a process that serves alone'),
  ]);
  if (vmReady) await judgeReboot(world, vm);
  await Promise.all([vm, member, keyed, secure].map(({ instance }) => instance.destroy()));

  report.section(
    'an instance that scaling launches when no deployment is under way, from an S3 that is slow and cuts answers',
  );
  if (memberReady)
    await judgeScaleOut(world, world.launch('scaled', group, { waiting: [], s3: { delayMs: 1000, cuts: 3 } }));

  report.section('the files of an arm64 instance, emulated');
  if (emulation === '') await judgeArm64(report, arm64, join(folder, 'arm64'), cache);
  else report.unproved('the files of an arm64 instance', emulation);

  for (const { what, booting, expected } of failing) {
    report.section(`a boot ${what} fails`);
    await judgeFailedBoot(world, booting, expected);
  }
  report.section('a boot whose golden rows differ fails');
  await judgeFailedBoot(world, waitingInVain, { reason: /golden rows differ/, handlerStarts: true });

  report.section('what a container cannot show');
  for (const [what, reason] of Object.entries(NOT_PROVED)) report.unproved(what, reason);
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  const versions = { systemd: command('systemctl', ['--version']).split(/[ \n]/)[1] ?? '' };
  return conclude('boot', report, { versions });
}

const [rootFileSystem, folder, cache, emulation] = process.argv.slice(2) as [string, string, string, string];
main(rootFileSystem, folder, cache, emulation).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
