import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceManager } from '../../../lambda/inference/service-manager';
import { temporaryFolder } from '../../../testing/temporary-folder';

/** A file in place of the socket; the proof of the boot has a real systemd. */
function socket(): { environment: Record<string, string>; told: () => string } {
  const path = join(temporaryFolder(), 'socket');
  const environment = { SLIPWAY_NOTIFY_SOCKET: String(openSync(path, 'a')), WATCHDOG_USEC: '60000' };
  return { environment, told: () => readFileSync(path, 'utf8') };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

test('says that it has started, and then that it lives', async () => {
  const { environment, told } = socket();
  const manager = new ServiceManager(environment);
  expect(told()).toBe('');
  manager.started();
  await until(() => told().startsWith('READY=1WATCHDOG=1WATCHDOG=1'));
});

test('says nothing while something in it hangs, and again when that is over', async () => {
  const { environment, told } = socket();
  let alive = false;
  let asked = 0;
  new ServiceManager(environment).started(() => {
    asked++;
    return alive;
  });
  await until(() => asked > 3);
  expect(told()).toBe('READY=1');
  alive = true;
  await until(() => told().includes('WATCHDOG=1'));
});

test('a unit without a watchdog hears of the start alone', async () => {
  const { environment, told } = socket();
  const { WATCHDOG_USEC: _, ...without } = environment;
  new ServiceManager(without).started();
  await until(() => told() === 'READY=1');
});

test('asks for nothing where there is no systemd', () => {
  const alive = jest.fn();
  new ServiceManager({ WATCHDOG_USEC: '1000' }).started(alive);
  expect(alive).not.toHaveBeenCalled();
});
