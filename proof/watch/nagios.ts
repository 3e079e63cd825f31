/** A real Nagios with the objects that `slipway watch` writes, and `slipway check` as its plugin. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nagiosFiles } from '../../lib/watching/nagios/nagios';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import { serve } from '../process';
import { confined, NODE, runInside } from './confined';

/** In the root file system. */
const HOME = '/var/lib/proof';

/** A minute of Nagios: seconds between two checks of a service. */
const MINUTE_SECONDS = 10;

const PAGES_PORT = 18_982;
/** In the root file system, as Debian has it. */
const PAGES = '/usr/share/nagios4/htdocs';
const PROGRAMS_OF_PAGES = '/usr/lib/cgi-bin';
const STYLES_OF_PAGES = '/etc/nagios4/stylesheets';

const PAGES_CONFIGURATION = `
main_config_file=${HOME}/nagios.cfg
physical_html_path=${PAGES}
url_html_path=/nagios4
use_authentication=0
refresh_rate=3600
enable_page_tour=0
result_limit=100
`;

const CONFIGURATION = `
cfg_file=${HOME}/slipway.cfg
cfg_file=${HOME}/people.cfg
log_file=${HOME}/nagios.log
object_cache_file=${HOME}/objects.cache
precached_object_file=${HOME}/objects.precache
status_file=${HOME}/status.dat
status_update_interval=1
resource_file=${HOME}/resource.cfg
nagios_user=nagios
nagios_group=nagios
command_file=${HOME}/rw/nagios.cmd
check_external_commands=0
lock_file=${HOME}/nagios.pid
temp_file=${HOME}/nagios.tmp
temp_path=/tmp
check_result_path=${HOME}/spool
state_retention_file=${HOME}/retention.dat
log_archive_path=${HOME}
interval_length=${MINUTE_SECONDS}
max_concurrent_checks=3
use_syslog=0
event_broker_options=0
enable_notifications=1
execute_service_checks=1
execute_host_checks=1
service_check_timeout=60
host_check_timeout=60
`;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const PEOPLE = `define timeperiod {
  timeperiod_name 24x7
  alias 24x7
${DAYS.map((day) => `  ${day} 00:00-24:00`).join('\n')}
}
define command {
  command_name note
  command_line /bin/sh -c 'echo "$NOTIFICATIONTYPE$ $HOSTNAME$ $SERVICEDESC$ $SERVICESTATE$" >> ${HOME}/notifications.log'
}
define contact {
  contact_name ops
  host_notification_period 24x7
  service_notification_period 24x7
  host_notification_options d,r
  service_notification_options w,c,u,r
  host_notification_commands note
  service_notification_commands note
}
define contactgroup {
  contactgroup_name admins
  alias admins
  members ops
}
`;

const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export interface ServiceStatus {
  readonly state: (typeof STATES)[number];
  readonly checked: boolean;
  readonly output: string;
  readonly data: string;
}

export class Nagios {
  private readonly home: string;

  readonly statusPage = `http://127.0.0.1:${PAGES_PORT}/cgi-bin/nagios4/status.cgi?host=all`;

  /** @param change of what the plan says, where a value is not to be had here */
  constructor(
    private readonly root: string,
    stage: WatchedStage,
    authority: string,
    folder: string,
    change: (objects: string) => string,
  ) {
    this.home = join(root, HOME);
    rmSync(this.home, { recursive: true, force: true });
    for (const inner of ['spool', 'rw', 'web/nagios4']) mkdirSync(join(this.home, inner), { recursive: true });
    const [objects] = Object.values(nagiosFiles(stage));
    const files: Record<string, string> = {
      'nagios.cfg': CONFIGURATION,
      'people.cfg': PEOPLE,
      'cgi.cfg': PAGES_CONFIGURATION,
      'slipway.cfg': change(objects!),
      'resource.cfg': `$USER1$=/usr/lib/nagios/plugins\n$USER2$=${NODE} ${resolve('bin/launcher.js')}\n$USER4$=${HOME}\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.home, name), text);
    cpSync(resolve('test/fixtures/deployment/models'), join(this.home, 'models'), { recursive: true });
    cpSync(authority, join(this.home, 'authority.pem'));
    symlinkSync(PROGRAMS_OF_PAGES, join(this.home, 'web/cgi-bin'));
    symlinkSync(STYLES_OF_PAGES, join(this.home, 'web/nagios4/stylesheets'));
    for (const name of ['images', 'js']) symlinkSync(join(PAGES, name), join(this.home, 'web/nagios4', name));
    runInside({ root }, 'chown', '-R', 'nagios:nagios', HOME);
    this.verified = runInside({ root, user: 'nagios:nagios' }, 'nagios4', '-v', `${HOME}/nagios.cfg`).output;
    serve(
      confined({ root, user: 'nagios:nagios', environment: { NODE_EXTRA_CA_CERTS: `${HOME}/authority.pem` } }, [
        'nagios4',
        `${HOME}/nagios.cfg`,
      ]),
      join(folder, 'nagios.log'),
    );
    serve(
      confined({ root, user: 'nagios:nagios', environment: { NAGIOS_CGI_CONFIG: `${HOME}/cgi.cfg` } }, [
        ...['busybox', 'httpd', '-f', '-p', `127.0.0.1:${PAGES_PORT}`, '-h', `${HOME}/web`],
      ]),
      join(folder, 'pages.log'),
    );
  }

  /** What its own check of the configuration said. */
  readonly verified: string;

  get version(): string {
    return /Nagios Core (\S+)/.exec(runInside({ root: this.root }, 'nagios4', '--version').output)?.[1] ?? '?';
  }

  status(host: string, service: string): ServiceStatus | undefined {
    const file = join(this.home, 'status.dat');
    if (!existsSync(file)) return undefined;
    for (const block of readFileSync(file, 'utf8').split('servicestatus {').slice(1)) {
      const of = (name: string) => new RegExp(`^\t${name}=(.*)$`, 'm').exec(block)?.[1] ?? '';
      if (of('host_name') !== host || of('service_description') !== `slipway ${service}`) continue;
      return {
        state: STATES[Number(of('current_state'))]!,
        checked: of('has_been_checked') === '1',
        output: of('plugin_output'),
        data: of('performance_data'),
      };
    }
    return undefined;
  }

  /** Whether all of its hosts are up. Of services on a host that is down it tells nobody when they recover. */
  hostsAreUp(): boolean {
    const text = readFileSync(join(this.home, 'status.dat'), 'utf8');
    const hosts = text.split('hoststatus {').slice(1);
    return hosts.length > 0 && hosts.every((block) => /^\tcurrent_state=0$/m.test(block.split('}')[0]!));
  }

  notifications(): string {
    const file = join(this.home, 'notifications.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}
