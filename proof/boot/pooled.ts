/** An instance of a warm pool: booted, stopped when it is ready, and started again, when another key holds than before. */
import { apiKeyLine } from '../../lib/model/formats/api-keys';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import { statusOf, until } from './client';
import { KEY, predict } from './keys';
import { POOLED_PARAMETER } from './stages';
import type { Booting, World } from './world';

const LATER_KEY = 'slipway-proof-of-a-later-key';

/** What lies in Parameter Store; the key is exchanged while the instance is stopped. */
export const pooledParameters = new Map([[POOLED_PARAMETER, `${apiKeyLine('proof', KEY)}\n`]]);

/** A plan gives it a minute. */
const STARTED_SECONDS = 60;

export async function judgePooled(world: World, booting: Booting): Promise<void> {
  const { report, aws } = world;
  const { name, instance, url, machine, deployment } = booting;
  const signals = () => aws.signals.filter(({ instanceId }) => instanceId === machine.instanceId).length;
  const said = 'slipway: ready, to be stopped in the warm pool';
  const finished = await until(async () => instance.bootLog.includes(said), deployment.plan.bootTimeoutSeconds);
  report.check(finished, `${name}: the boot ends when the handler is ready, though no load balancer asks`);
  if (!finished) return console.log(instance.lastWords);
  report.equal(await statusOf(new URL(READY_PATH, url)), 200, `${name}: its model is loaded`);
  report.equal(signals(), 0, `${name}: CloudFormation is not told of an instance that serves nobody`);

  await instance.stop();
  report.equal(await statusOf(new URL(READY_PATH, url)), undefined, `${name}: stopped it answers nobody`);
  pooledParameters.set(POOLED_PARAMETER, `${apiKeyLine('later', LATER_KEY)}\n`);

  const startedAt = performance.now();
  instance.startAgain();
  const golden = deployment.model.golden!;
  const body = JSON.stringify({ data: golden.inputs.slice(0, 16) });
  const first: number[] = [];
  const answered = await until(async () => {
    const { status } = await predict(url, body, KEY);
    if (status !== 0 && status !== 503) first.push(status);
    return first.length > 0;
  }, STARTED_SECONDS);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  report.check(
    answered,
    `${name}: started again it serves within the ${STARTED_SECONDS} s of a plan`,
    `after ${seconds} s`,
  );
  report.equal(
    first,
    [401],
    `${name}: a key that was withdrawn while it was stopped is refused from the first request on`,
  );
  // who has no key is refused even while the model warms up, in which time no load balancer sends requests
  const ready = async () => (await statusOf(new URL(READY_PATH, url))) === 200;
  report.check(await until(ready, STARTED_SECONDS), `${name}: its model is loaded again`);
  const right = await predict(url, body, LATER_KEY);
  report.equal(
    right.status === 200 ? (JSON.parse(right.text) as { result: unknown }).result : right.text,
    golden.predict.slice(0, 16),
    `${name}: golden rows hold, with the key that came meanwhile`,
  );
  const { code } = await instance.run('cloud-init', 'status', '--wait');
  report.equal([code, signals()], [0, 0], `${name}: and the boot script has run once, not again`);
}
