/** A boot as it should be: signalled, and giving the predictions that the model was packed with. */
import { verifyEndpoint } from '../../lambda/verification/replay';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import { statusOf } from './client';
import type { Booting, World } from './world';

/** What the project allows itself of the 16 KiB that EC2 takes. */
const USER_DATA_LIMIT = 12 * 1024;

/** @returns whether the instance is ready, and more can be asked of it */
export async function judgeGoodBoot(world: World, booting: Booting): Promise<boolean> {
  const { report, aws } = world;
  const { name, deployment, machine, instance, url } = booting;
  const bytes = Buffer.byteLength(machine.userData);
  report.check(bytes <= USER_DATA_LIMIT, `${name}: the user data is short`, `${bytes} of ${USER_DATA_LIMIT} bytes`);

  const signal = await aws.signalOf(machine.instanceId, deployment.plan.bootTimeoutSeconds);
  const seconds = ((performance.now() - booting.startedAt) / 1000).toFixed(1);
  const succeeded = signal?.status === 'SUCCESS';
  report.check(
    succeeded,
    `${name}: CloudFormation got SUCCESS`,
    `${signal?.status ?? 'no signal'}, ${seconds} s after power on`,
  );
  if (!succeeded) console.log(instance.lastWords);
  report.equal(
    signal && [signal.stackName, signal.logicalId, signal.uniqueId],
    [machine.stack.stackName, ...machine.waiting, machine.instanceId],
    `${name}: the signal is for the one wait condition of the stack, and names this instance`,
  );
  report.equal(
    aws.refusals.get(machine.instanceId) ?? [],
    [],
    `${name}: the role in the template allows all that the boot asks for`,
  );
  report.equal(await statusOf(new URL(READY_PATH, url)), 200, `${name}: ${READY_PATH} answers`);

  if (deployment.stage.endpoint.access) return succeeded; // golden rows need a key

  const replayed = `${name}: golden rows hold through port ${url.port}`;
  try {
    const { rows, differences, maximumDifference } = await verifyEndpoint(url, deployment.model, {
      anyAuthority: true,
    });
    report.check(
      rows > 0 && differences.length === 0,
      replayed,
      `${rows} rows, largest difference ${maximumDifference}`,
    );
  } catch (error) {
    report.check(false, replayed, (error as Error).message);
  }
  return succeeded;
}
