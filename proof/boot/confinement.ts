/** What confines the handler, asked of systemd and of the kernel. */
import { UNIT } from '../../lib/constructs/boot/layout';
import { limitsMemory } from './control-groups';
import type { Booting, World } from './world';

/** On systemd's scale from 0, locked up, to 10. */
const EXPOSURE_LIMIT = 2;

/** The range that systemd keeps for dynamic users (systemd.io, "Users, Groups, UIDs and GIDs on systemd systems"). */
const DYNAMIC_USERS = { first: 61184, last: 65519 };

/** Properties of the handler's unit, as systemd has them. */
export async function unitProperties(
  { instance }: Booting,
  ...names: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  const { output } = await instance.run('systemctl', 'show', UNIT, `--property=${names.join(',')}`);
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

  const verified = await instance.run('systemd-analyze', 'verify', `/etc/systemd/system/${UNIT}`);
  const complaints = verified.output.split('\n').filter((line) => line.includes('slipway'));
  report.equal([verified.code, ...complaints], [0], `${name}: systemd-analyze verify has nothing against the unit`);
  const { output } = await instance.run('systemd-analyze', 'security', '--no-pager', UNIT);
  const exposure = /Overall exposure level[^:]*: ([\d.]+)/.exec(output)?.[1];
  report.check(Number(exposure) <= EXPOSURE_LIMIT, `${name}: systemd-analyze security`, `exposure ${exposure} of 10`);
  const rotated = await instance.run('logrotate', '--force', '/etc/logrotate.d/slipway');
  report.equal([rotated.code, rotated.output.trim()], [0, ''], `${name}: the log of the handler can be rotated`);
}
