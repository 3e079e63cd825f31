/** What happens to a handler after its boot: it is killed, its machine restarts, it is stopped. */
import { verifyEndpoint } from '../../lambda/verification/replay';
import { UNIT } from '../../lib/constructs/boot/layout';
import { DRAIN_SECONDS, READY_PATH } from '../../lib/model/instance/handler-settings';
import { openRequest, statusOf, until } from './client';
import { unitProperties } from './confinement';
import type { Booting, World } from './world';

const READY_AGAIN_SECONDS = 60;
const OPEN_REQUESTS = 8;

const ready = async ({ url }: Booting) => (await statusOf(new URL(READY_PATH, url))) === 200;

async function judgeGoldenRows({ report }: World, { name, url, deployment }: Booting): Promise<void> {
  const found = await verifyEndpoint(url, deployment.model, { anyAuthority: true }).then(
    ({ differences }) => differences,
    (error: Error) => error.message,
  );
  report.equal(found, [], `${name}: golden rows hold`);
}

/** `kill -9`, as the kernel does when memory runs out. */
export async function judgeRestart(world: World, booting: Booting): Promise<void> {
  const { name, instance } = booting;
  const { MainPID } = await unitProperties(booting, 'MainPID');
  const startedAt = performance.now();
  await instance.run('kill', '-KILL', MainPID!);
  const restarted = await until(async () => {
    const unit = await unitProperties(booting, 'MainPID', 'NRestarts');
    return unit.NRestarts === '1' && unit.MainPID !== MainPID && (await ready(booting));
  }, READY_AGAIN_SECONDS);
  world.report.check(restarted, `${name}: killed with -9, the handler is ready again`, since(startedAt));
  await judgeGoldenRows(world, booting);
  const compiled = (await instance.run('find', '/var/cache/slipway/', '-type', 'f', '-size', '+9k')).output.trim();
  world.report.check(compiled !== '', `${name}: what V8 compiled was there for the second start`, compiled);
}

/** A reboot, as a person orders it. */
export async function judgeReboot(world: World, booting: Booting): Promise<void> {
  const { report, aws } = world;
  const { name, instance, machine } = booting;
  const startedAt = performance.now();
  await instance.reboot();
  const again = await until(() => ready(booting), READY_AGAIN_SECONDS);
  report.check(again, `${name}: after a reboot the handler is ready`, since(startedAt));
  await judgeGoldenRows(world, booting);
  const { code } = await instance.run('cloud-init', 'status', '--wait');
  const signals = aws.signals.filter(({ instanceId }) => instanceId === machine.instanceId);
  report.equal([code, signals.length], [0, 1], `${name}: and the boot script has run once, not again`);
}

/** SIGTERM with requests in flight, as a deployment or a scale-in sends it. */
export async function judgeDrain(world: World, booting: Booting): Promise<void> {
  const { report } = world;
  const { name, instance, url, deployment } = booting;
  const golden = deployment.model.golden!;
  const rows = golden.inputs.slice(0, 16);
  const route = new URL('predict', url);
  const body = JSON.stringify({ data: rows });
  const open = await Promise.all(Array.from({ length: OPEN_REQUESTS }, () => openRequest(route, body)));

  const startedAt = performance.now();
  const stopping = instance.run('systemctl', 'stop', UNIT);
  const closed = await until(async () => (await statusOf(new URL(READY_PATH, url))) === undefined, DRAIN_SECONDS);
  report.check(closed, `${name}: a handler that stops takes no new connection`);
  const answers = await Promise.all(open.map((request) => request.finish()));
  report.equal(
    answers.map(({ status, body: text }) => (status === 200 ? (JSON.parse(text) as { result: unknown }).result : text)),
    open.map(() => golden.predict.slice(0, rows.length)),
    `${name}: ${OPEN_REQUESTS} requests in flight at SIGTERM are answered, and rightly`,
  );
  const { code } = await stopping;
  const seconds = (performance.now() - startedAt) / 1000;
  const { Result, ExecMainStatus } = await unitProperties(booting, 'Result', 'ExecMainStatus');
  report.equal([code, Result, ExecMainStatus], [0, 'success', '0'], `${name}: then the handler ends by itself`);
  report.check(seconds < DRAIN_SECONDS, `${name}: before it would be killed`, since(startedAt));
}

/** The URL of a wait condition that waits no longer refuses the signal; that is no fault of the instance. */
export async function judgeScaleOut(world: World, booting: Booting): Promise<void> {
  const { report, aws } = world;
  const { name, instance, machine, deployment } = booting;
  const finished = await until(
    async () => /Cloud-init v\. .* finished at/.test(instance.bootLog),
    deployment.plan.bootTimeoutSeconds,
  );
  report.check(finished, `${name}: the boot comes to an end`, since(booting.startedAt));
  report.equal(
    (aws.refusals.get(machine.instanceId) ?? []).map((reason) => reason.split(': ').at(-1)),
    ['AccessDenied'],
    `${name}: its signal is refused`,
  );
  const { code } = await instance.run('cloud-init', 'status');
  report.equal(code, 0, `${name}: the boot script ends well all the same`);
  await judgeGoldenRows(world, booting);
}

function since(startedAt: number): string {
  return `after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
