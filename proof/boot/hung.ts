/** A handler that hangs is started anew, by systemd, and nobody has to see it. */
import { UNIT } from '../../lib/constructs/boot/layout';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import { statusOf, until } from './client';
import { unitProperties } from './confinement';
import { KEY } from './keys';
import type { Booting, World } from './world';

/** The watchdog's 30 s and a start. */
const RESTARTED_SECONDS = 75;

/** Blocks the event loop of a process, through the inspector that SIGUSR1 opens: run inside, by its own Node.js. */
const BLOCK = `(async () => {
  for (let i = 0; i < 50; i++) {
    const targets = await fetch('http://127.0.0.1:9229/json').then((answer) => answer.json(), () => undefined);
    if (targets) {
      const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
      await new Promise((open) => socket.addEventListener('open', open));
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } }));
      await new Promise((sent) => setTimeout(sent, 500));
      process.exit(0);
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  process.exit(1);
})()`;

const HANGS: Readonly<Record<string, (booting: Booting, pid: string) => Promise<number>>> = {
  'is stopped': async ({ instance }, pid) => (await instance.run('kill', '-STOP', pid)).code,
  'has an event loop that does not turn': async ({ instance }, pid) => {
    await instance.run('kill', '-USR1', pid);
    return (await instance.run('/opt/slipway/runtime/node', '-e', BLOCK)).code;
  },
};

/** @param what whose main process it is that hangs */
export async function judgeHungHandler(world: World, booting: Booting, what: string): Promise<void> {
  const { report } = world;
  const { name, instance, url } = booting;
  for (const [how, hang] of Object.entries(HANGS)) {
    const before = await unitProperties(booting, 'MainPID', 'NRestarts');
    const startedAt = performance.now();
    const hangs = await hang(booting, before.MainPID!);
    const restarted = await until(async () => {
      const now = await unitProperties(booting, 'MainPID', 'NRestarts', 'ActiveState');
      return now.MainPID !== before.MainPID && now.ActiveState === 'active' && (await ready(url));
    }, RESTARTED_SECONDS);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    report.check(hangs === 0 && restarted, `${name}: ${what} that ${how} is started anew`, `${seconds} s`);
    const { Result, NRestarts } = await unitProperties(booting, 'Result', 'NRestarts');
    report.equal(
      [Number(NRestarts) - Number(before.NRestarts), Result],
      [1, 'success'],
      `${name}: once, and it runs on`,
    );
  }
  const counted = await instance.run(
    'curl',
    '--silent',
    '--header',
    `x-api-key: ${KEY}`,
    'http://127.0.0.1:8080/metrics',
  );
  const { NRestarts } = await unitProperties(booting, 'NRestarts');
  report.check(
    counted.output.includes(`\nslipway_handler_restarts_total ${NRestarts}\n`),
    `${name}: /metrics counts its restarts`,
    NRestarts,
  );
}

const ready = async (url: URL) => (await statusOf(new URL(READY_PATH, url))) === 200;

/** A worker alone hangs: the process above it replaces it, and systemd has nothing to do. */
export async function judgeHungWorker(world: World, booting: Booting): Promise<void> {
  const { report } = world;
  const { name, instance, url } = booting;
  const { MainPID } = await unitProperties(booting, 'MainPID');
  const workers = async () => (await instance.run('pgrep', '--parent', MainPID!)).output.trim().split('\n');
  const [hung] = await workers();
  await instance.run('kill', '-STOP', hung!);
  const replaced = await until(
    async () => !(await workers()).includes(hung!) && (await workers()).length > 1 && (await ready(url)),
    RESTARTED_SECONDS,
  );
  const { MainPID: after } = await unitProperties(booting, 'MainPID');
  report.check(replaced && after === MainPID, `${name}: a worker that is stopped is replaced`, `of ${UNIT}`);
}
