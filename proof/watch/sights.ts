/** What Nagios sees of each check: OK, WARNING where there is one, CRITICAL, recovery; and that somebody is told. */
import type { Report } from '../report';
import type { Nagios } from './nagios';
import { type Fault, INSTANCES, NAME, until } from './world';

export const LAST_HOST = `${NAME} ${INSTANCES[2]}`;

/** An instance whose own values do not depend on what else runs on this machine. */
export const WELL: Fault = { memory: 0.3, disk: 0.3, cpu: 0.1 };

/** The thresholds of the plan, with a second one where it has one alone; latency is that of a machine that is busy. */
const RANGES = {
  predictions: '-w 0 -c 10',
  latency: '-w 500 -c 1500',
  certificate: '-w 30: -c 7:',
  cpu: '-w 20 -c 80',
  memory: '-w 80 -c 95',
  disk: '-w 80 -c 95',
  refused: '-w 0 -c 1000',
  errors: '-w 1 -c 50',
};

/** The objects as they are tried: the certificate is looked at as often as all else. */
export const tried = (objects: string) =>
  Object.entries(RANGES)
    .reduce((text, [check, ranges]) => text.replace(new RegExp(`!${check}!.*`, 'g'), `!${check}!${ranges}`), objects)
    .replace(/check_interval +720/, 'check_interval 1')
    .replace(/retry_interval +60/, 'retry_interval 1');

const ON_ENDPOINT = ['predictions', 'latency', 'certificate'] as const;
const ON_INSTANCE = ['ready', 'errors', 'cpu', 'memory', 'disk', 'refused'] as const;
type Check = (typeof ON_ENDPOINT)[number] | (typeof ON_INSTANCE)[number];

const CHECKS: readonly Check[] = [...ON_ENDPOINT, ...ON_INSTANCE];
const hostOf = (check: Check) => ((ON_ENDPOINT as readonly Check[]).includes(check) ? NAME : LAST_HOST);

/** All checks that can warn do: an instance predicts or does not. */
export const WARNING: Fault = {
  ...{ memory: 0.85, disk: 0.85, cpu: 0.5, refused: 300, failing: 0.2 },
  ...{ wrong: 'first', latencyMs: 800, certificate: 'soon' },
};
const WARNS = CHECKS.filter((check) => check !== 'ready');

/** What makes a host of Nagios be down, so that it tells of nothing else. */
export const HOSTS_DOWN: Fault = { ...WELL, unready: true, certificate: 'sooner' };
const HOST_CHECKS = ['ready', 'certificate'] as const;

export const CRITICAL: Fault = {
  ...{ memory: 0.97, disk: 0.97, cpu: 0.95, refused: 30_000, failing: 0.8 },
  ...{ wrong: 'all', latencyMs: 2000 },
};
const OTHERS = CHECKS.filter((check) => !(HOST_CHECKS as readonly Check[]).includes(check));

export class Sights {
  /** Whether all that was looked for so far has been seen. */
  holds = true;
  /** States that were seen. */
  seen = 0;

  constructor(
    private readonly report: Report,
    private readonly nagios: Nagios,
  ) {}

  /** Waits until checks have a state. Reports of each. */
  private async become(what: string, checks: readonly Check[], state: string, patience = 300): Promise<void> {
    const { nagios } = this;
    const has = (check: Check) => {
      const status = nagios.status(hostOf(check), check);
      return status?.checked === true && status.state === state;
    };
    const seconds = await until(patience, () => checks.every(has));
    for (const check of checks) {
      const status = nagios.status(hostOf(check), check);
      const found = status ? `${status.state}: ${status.output}` : 'it was not checked';
      const there = seconds !== undefined || has(check);
      if (there) this.seen++;
      this.check(there, `${check} ${what} ${state}`, found.slice(0, 160));
    }
  }

  async well(): Promise<void> {
    const { nagios } = this;
    const wrong = nagios.verified.match(/^Error.*/m)?.[0] ?? '';
    this.check(/Total Errors: +0/.test(nagios.verified), 'it takes the objects without an error', wrong);
    await this.become('is', CHECKS, 'OK');
    for (const check of CHECKS) {
      const { data = '' } = nagios.status(hostOf(check), check) ?? {};
      this.check(/=/.test(data), `${check} has performance data`, data);
    }
  }

  warns = () => this.become('becomes', WARNS, 'WARNING');

  hostsDown = () => this.become('becomes', HOST_CHECKS, 'CRITICAL');

  hostsUp = () => this.become('recovers and is', HOST_CHECKS, 'OK');

  /** With who is told, which is after the third time. */
  async critical(): Promise<void> {
    await this.become('becomes', OTHERS, 'CRITICAL');
    await this.told('PROBLEM');
  }

  async recovers(): Promise<void> {
    await this.become('recovers and is', CHECKS, 'OK');
    await this.told('RECOVERY');
  }

  private async told(what: 'PROBLEM' | 'RECOVERY'): Promise<void> {
    const line = (check: Check) =>
      `${what} ${hostOf(check)} slipway ${check} ${what === 'PROBLEM' ? 'CRITICAL' : 'OK'}`;
    const untold = () => OTHERS.filter((check) => !this.nagios.notifications().includes(line(check)));
    const seconds = await until(240, () => untold().length === 0);
    this.check(seconds !== undefined, `somebody is told of each ${what}`, untold().join(', '));
  }

  private check(holds: boolean, what: string, found: string): void {
    this.holds &&= holds;
    this.report.check(holds, `Nagios: ${what}`, found);
  }
}
