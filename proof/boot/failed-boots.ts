/** Boots that must not become part of the endpoint, and must say so. */
import { UNIT } from '../../lib/constructs/boot/layout';
import type { Deployment } from './deployment';
import type { Booting, World } from './world';

/** The objects of a deployment after one byte of one of them has been changed. */
export function withOneByteChanged(deployment: Deployment, name: string): Map<string, Buffer> {
  const key = deployment.objectOf(name);
  const bytes = Buffer.from(deployment.machine.objects.get(key)!);
  const middle = bytes.byteLength >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  return new Map(deployment.machine.objects).set(key, bytes);
}

/** The objects of a deployment without one of them. */
export function without(deployment: Deployment, name: string): Map<string, Buffer> {
  const objects = new Map(deployment.machine.objects);
  objects.delete(deployment.objectOf(name));
  return objects;
}

export interface FailedBoot {
  /** What the boot log must say, so that the reason is found. */
  readonly reason: RegExp;
  /** What the reason in the stack's event must say. @default - the same */
  readonly event?: RegExp;
  /** Whether the handler may have been started at all. */
  readonly handlerStarts: boolean;
  /** Whether CloudWatch can be told. @default true */
  readonly told?: boolean;
}

export async function judgeFailedBoot(world: World, booting: Booting, expected: FailedBoot): Promise<void> {
  const { report, aws } = world;
  const { name, instance, machine, deployment } = booting;
  const { bootTimeoutSeconds } = deployment.plan;
  // a signal after that is still waited for: a late one is told from none
  const signal = await aws.signalOf(machine.instanceId, 2 * bootTimeoutSeconds);
  const seconds = signal ? (signal.at - booting.startedAt) / 1000 : Number.POSITIVE_INFINITY;
  report.equal(
    signal && [signal.status, signal.logicalId, signal.uniqueId],
    ['FAILURE', ...machine.waiting, machine.instanceId],
    `${name}: CloudFormation got FAILURE`,
  );
  report.check(
    seconds < bootTimeoutSeconds,
    `${name}: it came while CloudFormation was still waiting`,
    `after ${seconds.toFixed(1)} of ${bootTimeoutSeconds} s`,
  );
  report.check(
    (expected.event ?? expected.reason).test(signal?.reason ?? ''),
    `${name}: the event of the stack would say why`,
    signal?.reason,
  );
  const told = expected.reason.test(instance.bootLog);
  report.check(told, `${name}: the boot log says why`, String(expected.reason));
  if (!told) console.log(instance.lastWords);
  if (expected.told === false) return;
  const lines = aws.linesOf(machine.instanceId, 'boot').filter(({ at }) => at <= (signal?.at ?? 0));
  report.check(
    lines.some(({ message }) => expected.reason.test(message)),
    `${name}: CloudWatch had the reason before CloudFormation had the signal`,
    `${lines.length} events`,
  );
  if (expected.handlerStarts) return;
  const { output } = await instance.run('systemctl', 'is-active', UNIT);
  report.equal(
    [instance.has(`/etc/systemd/system/${UNIT}`), output.trim()],
    [false, 'inactive'],
    `${name}: the handler was never started`,
  );
}
