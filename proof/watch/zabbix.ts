/** A real Zabbix server with PostgreSQL and its API, which imports the templates that `slipway watch` writes. */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import { zabbixFiles } from '../../lib/watching/zabbix/zabbix';
import { command } from '../boot/command';
import type { Page } from '../page/playwright';
import { serve } from '../process';
import { type Confined, confined, runInside } from './confined';
import { until } from './world';

const DATABASE_PORT = 15_499;
const API_PORT = 18_981;
const PAGES = `http://127.0.0.1:${API_PORT}`;
/** As the database has it at first. */
const USER = { username: 'Admin', password: 'zabbix' };
const SERVER_PORT = 20_051;
const DATA = '/var/lib/proof-db';
const BIN = '/usr/lib/postgresql/15/bin';

const SERVER = `ListenIP=127.0.0.1
ListenPort=${SERVER_PORT}
LogFile=/tmp/zabbix.log
PidFile=/run/zabbix/zabbix_server.pid
SocketDir=/run/zabbix
DBHost=127.0.0.1
DBName=zabbix
DBUser=zabbix
DBPort=${DATABASE_PORT}
StartPollers=3
StartPreprocessors=2
StartDBSyncers=1
StartTrappers=1
StartPingers=0
StartDiscoverers=0
StartHTTPPollers=1
StartHistoryPollers=2
StartPollersUnreachable=1
StartAlerters=1
StartLLDProcessors=1
CacheUpdateFrequency=5
Timeout=15
ExternalScripts=/usr/lib/zabbix/externalscripts
StatsAllowedIP=127.0.0.1
`;

const FRONTEND = `<?php
$DB['TYPE']='POSTGRESQL';$DB['SERVER']='127.0.0.1';$DB['PORT']='${DATABASE_PORT}';$DB['DATABASE']='zabbix';$DB['USER']='zabbix';
$DB['PASSWORD']='';$DB['SCHEMA']='';$DB['ENCRYPTION']=false;$DB['KEY_FILE']='';$DB['CERT_FILE']='';$DB['CA_FILE']='';
$DB['VERIFY_HOST']=false;$DB['CIPHER_LIST']='';$DB['VAULT_URL']='';$DB['VAULT_DB_PATH']='';$DB['VAULT_TOKEN']='';
$DB['DOUBLE_IEEE754']=true;
$ZBX_SERVER='127.0.0.1';$ZBX_SERVER_PORT='${SERVER_PORT}';$ZBX_SERVER_NAME='proof';$IMAGE_FORMAT_DEFAULT=IMAGE_FORMAT_PNG;
`;

const PHP_LIMITS = [
  'memory_limit=256M',
  'max_execution_time=300',
  'max_input_time=300',
  'post_max_size=16M',
  'date.timezone=UTC',
];

export interface Item {
  readonly key_: string;
  readonly lastvalue: string;
  readonly lastclock: string;
  readonly state: string;
  readonly error: string;
}

export class Zabbix {
  private auth?: string;
  private id = 0;

  constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  get version(): string {
    return (
      /zabbix_server \(Zabbix\) (\S+)/.exec(runInside({ root: this.root }, 'zabbix_server', '--version').output)?.[1] ??
      '?'
    );
  }

  /** Database, server, API. */
  async start(): Promise<void> {
    const { root } = this;
    if (await this.call('apiinfo.version', {}).catch(() => undefined)) {
      throw new Error(`a Zabbix answers on port ${API_PORT} already, as of a run that was killed; end it`);
    }
    const as = (user: string): Confined => ({ root, user: `${user}:${user}` });
    const inside = (where: Confined, ...words: string[]) => {
      const { status, output } = runInside(where, ...words);
      if (status !== 0) throw new Error(`${words.slice(0, 3).join(' ')}: ${output.slice(-500)}`);
    };
    rmSync(join(root, DATA), { recursive: true, force: true });
    inside({ root }, 'install', '-d', '-o', 'postgres', '-g', 'postgres', DATA);
    inside({ root }, 'install', '-d', '-o', 'postgres', '-g', 'postgres', '/run/postgresql');
    inside({ root }, 'install', '-d', '-o', 'zabbix', '-g', 'zabbix', '/run/zabbix');
    rmSync(join(root, 'tmp/zabbix.log'), { force: true });
    inside(as('postgres'), `${BIN}/initdb`, '-D', DATA, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync');
    const settings = {
      port: DATABASE_PORT,
      listen_addresses: '127.0.0.1',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      unix_socket_directories: '', // a run that was killed leaves its lock there
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.serve(as('postgres'), 'postgresql.log', `${BIN}/postgres`, '-D', DATA, ...flags);
    const psql = (user: string, ...words: string[]) =>
      runInside({ root }, `${BIN}/psql`, '-q', '-h', '127.0.0.1', '-p', String(DATABASE_PORT), '-U', user, ...words);
    await until(60, () => psql('postgres', '-c', 'select 1', 'postgres').status === 0);
    psql('postgres', '-c', 'create role zabbix login', 'postgres');
    psql('postgres', '-c', "create database zabbix owner zabbix encoding 'UTF8' template template0", 'postgres');
    const files = ['schema', 'images', 'data'].map((name) => `/usr/share/zabbix-server-pgsql/${name}.sql.gz`).join(' ');
    inside({ root }, 'sh', '-c', `zcat ${files} | ${BIN}/psql -q -h 127.0.0.1 -p ${DATABASE_PORT} -U zabbix zabbix`);
    // its pages want this locale by name; that of C has the same characters
    const locales = join(root, 'usr/lib/locale');
    cpSync(join(locales, 'C.utf8'), join(locales, 'en_US.utf8'), { recursive: true });
    writeFileSync(join(root, 'etc/zabbix/zabbix_server.conf'), SERVER);
    writeFileSync(join(root, 'etc/zabbix/zabbix.conf.php'), FRONTEND);
    this.serve(as('zabbix'), 'zabbix.log', 'zabbix_server', '-f', '-c', '/etc/zabbix/zabbix_server.conf');
    const limits = PHP_LIMITS.flatMap((limit) => ['-d', limit]);
    const pages = { ...as('www-data'), environment: { PHP_CLI_SERVER_WORKERS: '4' } };
    this.serve(pages, 'php.log', 'php', ...limits, '-S', `127.0.0.1:${API_PORT}`, '-t', '/usr/share/zabbix');
    const up = await until(
      90,
      async () => (await this.call('apiinfo.version', {}).catch(() => undefined)) !== undefined,
    );
    if (up === undefined) throw new Error('the API of Zabbix did not come up');
    this.auth = await this.call('user.login', USER);
  }

  private serve(where: Confined, log: string, ...words: string[]): void {
    serve(confined(where, words), join(this.folder, log));
  }

  async call<T = never>(method: string, params: object): Promise<T> {
    const answer = await fetch(`${PAGES}/api_jsonrpc.php`, {
      method: 'POST',
      headers: { 'content-type': 'application/json-rpc' },
      body: JSON.stringify({ jsonrpc: '2.0', method, params, id: ++this.id, ...(this.auth && { auth: this.auth }) }),
    });
    const { result, error } = (await answer.json()) as { result: T; error?: object };
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  /** @param addresses what the account of AWS answers, which there is none of: `aws` is a stand-in */
  async import(stage: WatchedStage, addresses: readonly string[]): Promise<void> {
    const files = zabbixFiles(stage);
    const scripts = join(this.root, 'usr/lib/zabbix/externalscripts');
    mkdirSync(scripts, { recursive: true });
    writeFileSync(join(scripts, 'slipway-instances'), files['slipway-instances']!);
    chmodSync(join(scripts, 'slipway-instances'), 0o755);
    const found = addresses.map((address, i) => ({ '{#ID}': `i-${i + 1}`, '{#ADDRESS}': address }));
    const aws = join(this.root, 'usr/local/bin/aws');
    writeFileSync(aws, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(found)}\nEND\n`);
    chmodSync(aws, 0o755);
    const all = { createMissing: true, updateExisting: true };
    await this.call('configuration.import', {
      format: 'yaml',
      source: files[`slipway-${stage.name}.zabbix.yml`],
      rules: {
        groups: all,
        templates: all,
        items: all,
        triggers: all,
        graphs: all,
        discoveryRules: all,
        valueMaps: all,
        templateLinkage: { createMissing: true },
      },
    });
    const [{ templateid }] = await this.call<[{ templateid: string }]>('template.get', {
      filter: { host: [`Slipway endpoint ${stage.name}`] },
    });
    const [{ groupid }] = await this.call<[{ groupid: string }]>('hostgroup.get', {
      filter: { name: [`Slipway ${stage.name}`] },
    });
    for (const { templateid: id } of await this.call<{ templateid: string }[]>('template.get', {
      search: { host: 'Slipway' },
    })) {
      // a macro of the template comes before that of all
      await this.call('template.update', {
        templateid: id,
        macros: [
          { macro: '{$SLIPWAY.INTERVAL}', value: '5s' },
          { macro: '{$SLIPWAY.DISCOVERY}', value: '10s' },
          { macro: '{$SLIPWAY.PORT}', value: '8080' },
        ],
      });
    }
    await this.call('host.create', {
      host: stage.domainName,
      groups: [{ groupid }],
      templates: [{ templateid }],
      interfaces: [{ type: 1, main: 1, useip: 0, dns: stage.domainName, ip: '', port: '10050' }],
    });
  }

  async items(host: string): Promise<ReadonlyMap<string, Item>> {
    const [found] = await this.call<{ hostid: string }[]>('host.get', { filter: { name: [host] } });
    if (!found) return new Map();
    const items = await this.call<Item[]>('item.get', {
      hostids: [found.hostid],
      output: ['key_', 'lastvalue', 'lastclock', 'state', 'error'],
      webitems: false,
    });
    return new Map(items.map((item) => [item.key_, item]));
  }

  readonly problemsPage = `${PAGES}/zabbix.php?action=problem.view&show=1&filter_set=1`;

  /** Of what a host has told in the last minutes. */
  async graphsPage(host: string): Promise<string> {
    const [found] = await this.call<{ hostid: string }[]>('host.get', { filter: { name: [host] } });
    const range = 'filter_show=1&from=now-15m&to=now';
    return `${PAGES}/zabbix.php?action=charts.view&filter_set=1&filter_hostids%5B0%5D=${found?.hostid}&${range}`;
  }

  /** On the page that is shown to nobody, which then leads to the one that was asked for. */
  async logIn(page: Page): Promise<void> {
    const asked = page.url();
    await page.goto(`${PAGES}/index.php`);
    await page.locator('#name').fill(USER.username);
    await page.locator('#password').fill(USER.password);
    await page.locator('#enter').click();
    await page.waitForURL(/zabbix\.php/);
    await page.goto(asked);
    await page.waitForLoadState('networkidle');
  }

  async problems(): Promise<string[]> {
    const found = await this.call<{ name: string }[]>('problem.get', { output: ['name'] });
    return found.map(({ name }) => name);
  }

  /** What is on, and the last values of what problems are made of, for whoever asks why. */
  async explained(): Promise<string> {
    const items = await this.call<{ name: string; lastvalue: string; lastclock: string; error: string }[]>('item.get', {
      output: ['name', 'lastvalue', 'lastclock', 'error'],
      search: { key_: ['slipway.disk', 'slipway.memory', 'slipway.metrics'] },
      searchByAny: true,
      monitored: true,
    });
    const now = Date.now() / 1000;
    const values = items.map(({ name, lastvalue, lastclock, error }) => {
      return `${name} ${lastvalue.slice(0, 20)} ${Math.round(now - Number(lastclock))} s ago ${error}`;
    });
    return [...(await this.problems()), ...values].join('; ');
  }
}

export const databaseVersion = (root: string) =>
  /\(PostgreSQL\) (\S+)/.exec(command('chroot', [root, `${BIN}/postgres`, '--version']))?.[1] ?? '?';
