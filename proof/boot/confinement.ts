/** What confines the handler, asked of systemd and of the kernel. */
import { HANDLER_LOG, LOG_USER, SHIPPER_UNIT, UNIT } from '../../lib/constructs/boot/layout';
import { limitsMemory } from './control-groups';
import type { Booting, World } from './world';

/** On systemd's scale from 0, locked up, to 10. */
const EXPOSURE_LIMIT = 2;

/** Of the process that sends logs, beside the code that the handler has in memory, too. */
const SHIPPER_OWN_MIB = 48;

/** The range that systemd keeps for dynamic users (systemd.io, "Users, Groups, UIDs and GIDs on systemd systems"). */
const DYNAMIC_USERS = { first: 61184, last: 65519 };

/** Properties of the handler's unit, as systemd has them. */
export async function unitProperties(
  { instance }: Booting,
  ...names: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  return propertiesOf(UNIT, instance, names);
}

async function propertiesOf(
  unit: string,
  instance: Booting['instance'],
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const { output } = await instance.run('systemctl', 'show', unit, `--property=${names.join(',')}`);
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}

export async function judgeConfinement(world: World, booting: Booting): Promise<void> {
  const { report } = world;
  const { name, instance, deployment } = booting;
  const unit = await unitProperties(booting, 'ActiveState', 'UnitFileState', 'DynamicUser', 'MemoryMax', 'MainPID');
  report.equal(
    [unit.ActiveState, unit.UnitFileState],
    ['active', 'enabled'],
    `${name}: the unit runs, and will after the next start`,
  );

  const kernel = (await instance.run('cat', `/proc/${unit.MainPID}/status`)).output;
  const field = (key: string) => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(kernel)?.[1] ?? 'none';
  const uid = Number(field('Uid'));
  report.check(
    unit.DynamicUser === 'yes' && uid >= DYNAMIC_USERS.first && uid <= DYNAMIC_USERS.last,
    `${name}: the handler runs as a dynamic user`,
    `uid ${uid}`,
  );
  report.check(
    Number(`0x${field('CapEff')}`) === 0 && Number(`0x${field('CapBnd')}`) === 0,
    `${name}: the handler has no capability and can gain none`,
    `effective ${field('CapEff')}, bounding ${field('CapBnd')}`,
  );
  report.equal(
    [field('NoNewPrivs'), field('Seccomp')],
    ['1', '2'],
    `${name}: the kernel lets it gain no privilege and filters its system calls`,
  );
  report.equal(
    Number(unit.MemoryMax) / 1024 / 1024,
    deployment.plan.memoryLimitMiB,
    `${name}: the memory limit is the one of the plan, in MiB`,
  );
  if (!limitsMemory()) {
    report.unproved(`${name}: the memory limit is enforced`, 'this machine has its memory controller in cgroup v1');
  }

  await judgeUnitFile(world, booting, UNIT);
  await judgeUnitFile(world, booting, SHIPPER_UNIT);
}

async function judgeUnitFile({ report }: World, { name, instance }: Booting, unit: string): Promise<void> {
  const verified = await instance.run('systemd-analyze', 'verify', `/etc/systemd/system/${unit}`);
  const complaints = verified.output.split('\n').filter((line) => line.includes('slipway'));
  report.equal([verified.code, ...complaints], [0], `${name}: systemd-analyze verify has nothing against ${unit}`);
  const { output } = await instance.run('systemd-analyze', 'security', '--no-pager', unit);
  const exposure = /Overall exposure level[^:]*: ([\d.]+)/.exec(output)?.[1];
  report.check(
    Number(exposure) <= EXPOSURE_LIMIT,
    `${name}: systemd-analyze security ${unit}`,
    `exposure ${exposure} of 10`,
  );
}

/** What sends the logs: a user of its own, who may empty the log of the handler and write nothing else of it. */
export async function judgeLogShipper({ report }: World, { name, instance }: Booting): Promise<void> {
  const unit = await propertiesOf(SHIPPER_UNIT, instance, [
    'ActiveState',
    'UnitFileState',
    'User',
    'NRestarts',
    'MainPID',
  ]);
  report.equal(
    [unit.ActiveState, unit.UnitFileState, unit.User, unit.NRestarts],
    ['active', 'enabled', LOG_USER, '0'],
    `${name}: what sends the logs runs, without a restart, as a user of its own`,
  );
  const may = async (...test: string[]) =>
    (await instance.run('runuser', '-u', LOG_USER, '--', 'test', ...test)).code === 0;
  report.equal(
    [await may('-w', HANDLER_LOG), await may('-w', '/opt/slipway/handler/handler.cjs')],
    [true, false],
    `${name}: that user may empty the log of the handler, and change nothing that is run`,
  );
  const rollup = (await instance.run('cat', `/proc/${unit.MainPID}/smaps_rollup`)).output;
  const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]);
  const own = (kib('Private_Dirty') + kib('Private_Clean')) / 1024;
  report.check(own < SHIPPER_OWN_MIB, `${name}: it takes little memory of its own`, `${own.toFixed(1)} MiB`);
}
