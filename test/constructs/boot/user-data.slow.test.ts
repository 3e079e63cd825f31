import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accessScript } from '../../../lib/constructs/boot/access';
import type { InstanceFile } from '../../../lib/constructs/boot/layout';
import { type BootScriptOptions, bootScriptText, userDataText } from '../../../lib/constructs/boot/user-data';
import { sha256 } from '../../../lib/model/formats/digest';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { onLinux } from '../../on-linux';

/** The commands used are those of the instances, which run Linux. */
/** Of a wait condition: pre-signed, so that it has what a shell would act upon. */
const URL = 'https://waiting.s3.amazonaws.com/arn%3Aaws%3Astack?Expires=1&Signature=a%2Bb$c';

const USER_DATA = {
  region: 'eu-west-1',
  signalUrl: URL,
  instanceType: 't4g.small',
  bucket: 'assets',
  logGroupName: 'logs',
};

/** A tarball as npm packs it, with a binary that is told from others by its text. */
function tarball(): Buffer {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'package/bin'), { recursive: true });
  writeFileSync(join(folder, 'package/bin/node'), 'the binary');
  execFileSync('tar', ['-czf', 'node.tgz', 'package'], { cwd: folder });
  return readFileSync(join(folder, 'node.tgz'));
}

interface Machine {
  /** Run the script; everything absolute in it is below `root`. */
  boot(change?: (script: string) => string): { status: number | null; output: string; calls: string[] };
  /** Text of a file that the script wrote, or undefined. */
  file(path: string): string | undefined;
  /** Permissions of what the script made. */
  mode(path: string): number;
  /** Replace a command by a line of shell. */
  command(name: string, line: string): void;
  /** Write a file as something else on the instance would. */
  write(path: string, content: string): void;
  /** As S3 does when the URL has been used or has expired. */
  refuseSignals(): void;
  /** What was put to the pre-signed URL. */
  signals(): { Status: string; UniqueId: string; Reason: string; Data: string }[];
  /** Change an object of the bucket. */
  object(name: string, content: string | undefined): void;
  /** Put another script into the bucket in place of the one that user data asks for. */
  bootScript(content: string): void;
}

/** A folder that stands for an instance: commands that talk to AWS or to systemd are recorded instead. */
function machine(more: Partial<BootScriptOptions> = {}): Machine {
  const root = temporaryFolder();
  const bin = join(root, 'bin');
  const bucket = join(root, 'bucket');
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  const command = (path: string, line: string) => {
    write(path, `#!/bin/bash\necho "$(basename "$0") $*" >> '${root}/calls'\n${line}\n`);
    chmodSync(path, 0o755);
  };
  for (const name of ['systemd-sysusers', 'chgrp', 'sleep']) command(join(bin, name), '');
  const shipperRuns = `grep -q 'enable --now slipway-logs.service' '${root}/calls'`;
  command(join(bin, 'systemctl'), `[ "$1" != is-active ] || ${shipperRuns}`);
  const put = `case "$*" in *--data-binary*) cat >> '${root}/signals'; exit ;; esac`;
  command(join(bin, 'curl'), `${put}\ncase "$*" in */probes) echo 3;; esac`);
  command(join(bin, 'aws'), `if [ "$1" = s3 ]; then exec cp "${bucket}/$(basename "$4")" "$5"; fi`);
  // there is no such user here
  command(join(bin, 'install'), `while [ "$1" != -m ]; do shift; done; exec /usr/bin/install "$@"`);
  write(join(root, 'var/log/cloud-init-output.log'), 'the log of the boot\n');
  write(join(root, 'proc/vmstat'), 'pgfree 1\noom_kill 7\n');
  mkdirSync(join(root, 'run'));
  write(join(root, 'var/lib/cloud/data/instance-id'), 'i-0123456789abcdef0\n');
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });

  const contents = {
    'runtime/node.tgz': tarball(),
    'handler/handler.cjs': 'the handler',
    'model/model.onnx': 'the model',
  };
  const files: InstanceFile[] = Object.entries(contents).map(([path, content]) => {
    const digest = sha256(content);
    write(join(bucket, digest), content);
    return { path, sha256: digest, key: digest };
  });
  const options: BootScriptOptions = {
    files,
    unit: '[Service]\nExecStart=/bin/true\n',
    logShipperUnit: '[Service]\nExecStart=/bin/false\n',
    bootTimeoutSeconds: 600,
    ...more,
  };
  const placed = (script: string) => script.replaceAll(/(?<=[ "'=:])\/(opt|etc|var|run|proc)\//g, `${root}/$1/`);
  return {
    boot(change = (script) => script) {
      const bootScript = placed(change(bootScriptText(options)));
      const boot = { key: 'boot.sh', sha256: sha256(bootScript) };
      if (!existsSync(join(bucket, 'boot.sh'))) write(join(bucket, 'boot.sh'), bootScript);
      const script = placed(change(userDataText({ ...USER_DATA, boot })));
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
        timeout: 30_000, // a script that waits for ever fails its test, and does not hold up the others
        encoding: 'utf8',
        env: { PATH: `${bin}:${process.env.PATH}` },
      });
      const calls = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
      return { status, output: stdout + stderr, calls };
    },
    file: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined),
    mode: (path) => statSync(join(root, path)).mode & 0o777,
    write: (path, content) => write(join(root, path), content),
    refuseSignals: () =>
      command(join(bin, 'curl'), 'case "$*" in *--data-binary*) cat > /dev/null; exit 22 ;; */probes) echo 3 ;; esac'),
    command: (name, line) => command(join(bin, name), name === 'curl' ? `${put}\n${line}` : line),
    signals: () =>
      (existsSync(join(root, 'signals')) ? readFileSync(join(root, 'signals'), 'utf8').trim().split('\n') : []).map(
        (line) => JSON.parse(line),
      ),
    object(name, content) {
      const file = files.find(({ path }) => path === name)!;
      if (content === undefined) execFileSync('rm', [join(bucket, file.sha256)]);
      else write(join(bucket, file.sha256), content);
    },
    bootScript: (content) => write(join(bucket, 'boot.sh'), content),
  };
}

onLinux('installs, verifies, starts the handler, and signals SUCCESS once it is ready', () => {
  const instance = machine();
  const { status, calls, output } = instance.boot();
  expect(output).toBe('');
  expect(status).toBe(0);
  expect(instance.file('opt/slipway/runtime/node')).toBe('the binary');
  expect(instance.file('opt/slipway/runtime/node.tgz')).toBeUndefined();
  expect(instance.file('etc/systemd/system/slipway.service')).toBe('[Service]\nExecStart=/bin/true\n');
  expect(instance.file('etc/systemd/system/slipway-logs.service')).toBe('[Service]\nExecStart=/bin/false\n');
  expect(calls).toContain('systemctl enable --now --no-block slipway.service');
  expect(calls.at(-1)).toMatch(/^curl .*--request PUT --header content-type: --data-binary @- /);
  expect(calls.at(-1)!.endsWith(` ${URL}`)).toBe(true);
  expect(instance.signals()).toEqual([
    { Status: 'SUCCESS', UniqueId: 'i-0123456789abcdef0', Reason: 'ready', Data: 'SUCCESS' },
  ]);
});

onLinux('with TLS the instance makes a key for root alone, and asks its handler by the certificate', () => {
  const instance = machine({ tls: true });
  const { status, calls, output } = instance.boot();
  expect([status, output.replace(/^[-.+*]*$/gm, '').trim()]).toEqual([0, '']);
  const certificate = new X509Certificate(instance.file('opt/slipway/tls/certificate.pem')!);
  expect(certificate.checkPrivateKey(createPrivateKey(instance.file('opt/slipway/tls/key.pem')!))).toBe(true);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect([instance.mode('opt/slipway/tls'), instance.mode('opt/slipway/tls/key.pem')]).toEqual([0o700, 0o600]);
  const asked = calls.filter((call) => call.includes('127.0.0.1'));
  expect(asked.length).toBeGreaterThanOrEqual(2);
  for (const call of asked) expect(call).toMatch(/--cacert \S+\/opt\/slipway\/tls\/certificate\.pem .*https:\/\//);
});

/** Answers as the metadata service does of an instance that is bound for a state. */
const bound = (state: string) =>
  `case "$*" in */api/token) echo a-token;; *"token: a-token"*/target-lifecycle-state) echo ${state};; */probes) echo 3;; esac`;

onLinux(
  'an instance that is bound for a warm pool waits for no load balancer, and tells no stack that it is ready',
  () => {
    const instance = machine({ warmPool: true });
    instance.command('curl', bound('Warmed:Stopped'));
    const { status, output, calls } = instance.boot();
    expect([status, output]).toEqual([0, 'slipway: ready, to be stopped in the warm pool\n']);
    expect(calls.filter((call) => call.endsWith('/probes'))).toEqual([]);
    expect(instance.signals()).toEqual([]);
  },
);

onLinux.each(['InService', ''])('one that is bound for service ("%s") does both', (state) => {
  const instance = machine({ warmPool: true });
  instance.command('curl', bound(state));
  expect(instance.boot().status).toBe(0);
  expect(instance.signals()).toMatchObject([{ Status: 'SUCCESS' }]);
});

onLinux('a boot for a warm pool that fails says so as any other', () => {
  const instance = machine({ warmPool: true });
  instance.command('curl', bound('Warmed:Stopped'));
  instance.object('model/model.onnx', undefined);
  expect(instance.boot().output).toContain('slipway: the boot failed');
});

onLinux('a file with another digest stops the boot before anything of it runs, and signals FAILURE', () => {
  const instance = machine();
  instance.object('handler/handler.cjs', 'another handler');
  const { status, calls, output } = instance.boot();
  expect(status).not.toBe(0);
  expect(output).toContain('handler/handler.cjs: FAILED');
  expect(calls.filter((call) => call.startsWith('systemctl'))).toEqual([
    'systemctl is-active --quiet slipway-logs.service',
  ]);
  expect(instance.signals()).toMatchObject([{ Status: 'FAILURE' }]);
});

onLinux('another script than the one of the template is not run, and the stack learns of it', () => {
  const instance = machine();
  instance.bootScript('touch /opt/slipway/harm\n');
  const { status, output } = instance.boot();
  expect(status).not.toBe(0);
  expect(output).toContain('boot: FAILED');
  expect(instance.file('opt/slipway/harm')).toBeUndefined();
  expect(instance.signals()).toMatchObject([{ Status: 'FAILURE', Reason: expect.stringMatching(/sha256sum/) }]);
});

onLinux('a file that cannot be downloaded signals FAILURE', () => {
  const instance = machine();
  instance.object('model/model.onnx', undefined);
  const { output } = instance.boot();
  expect(output).toContain('slipway: the boot failed');
  expect(instance.signals()).toEqual([
    expect.objectContaining({
      Status: 'FAILURE',
      Reason: expect.stringMatching(/^line \d+ failed: aws s3 cp .*model\.onnx/),
    }),
  ]);
});

onLinux('a boot that fails while the kernel kills for want of memory says so first', () => {
  const instance = machine();
  instance.command('curl', 'exit 22');
  instance.boot((script) =>
    script
      .replace(/"\$SECONDS" -ge \d+/, '"$SECONDS" -ge 0')
      .replace('systemctl daemon-reload', 'echo oom_kill 9 > /proc/vmstat'),
  );
  const said = /^memory ran out; line \d+ failed: false 'the handler did not become ready/;
  expect(instance.signals()).toMatchObject([{ Status: 'FAILURE', Reason: expect.stringMatching(said) }]);
});

onLinux('the handler is started before what sends the logs, whose fault is none of the boot', () => {
  const instance = machine();
  instance.command('systemctl', `case "$*" in *slipway-logs*) exit 1;; esac`);
  const { calls, output } = instance.boot();
  const started = calls.filter((call) => call.startsWith('systemctl enable'));
  expect(started).toEqual([
    'systemctl enable --now --no-block slipway.service',
    'systemctl enable --now slipway-logs.service',
  ]);
  expect(output).toBe('slipway: nothing sends the logs\n');
  expect(instance.signals()).toMatchObject([{ Status: 'SUCCESS' }]);
});

onLinux('a boot that fails before anything sends logs sends its own, whatever is in it', () => {
  const instance = machine();
  const sent = `if [ "$2" = put-log-events ]; then cp "\${4#file://}" "$LOG"; fi`;
  instance.command('aws', `${sent}\n[ "$1" != s3 ] || exit 1`);
  instance.command('systemctl', '[ "$1" != is-active ]');
  const { calls } = instance.boot((script) =>
    script.replace(
      'umask 022',
      `umask 022\nexport LOG=/var/log/sent\nprintf 'a "quote", \\377 and\\n$(more)' > /var/log/cloud-init-output.log`,
    ),
  );
  const [event] = JSON.parse(instance.file('var/log/sent')!);
  expect(event).toEqual({ timestamp: expect.any(Number), message: 'a "quote", \ufffd and\n$(more)' });
  expect(calls).toContain(
    'aws logs create-log-stream --log-group-name logs --log-stream-name i-0123456789abcdef0/boot',
  );
  expect(instance.signals()).toMatchObject([{ Status: 'FAILURE' }]);
});

onLinux('a boot that fails later has what sends the logs send them before it says so', () => {
  const instance = machine();
  instance.command('curl', 'exit 22');
  const { calls } = instance.boot((script) => script.replace(/"\$SECONDS" -ge \d+/, '"$SECONDS" -ge 0'));
  expect(calls.slice(-3)).toEqual([
    'systemctl restart slipway-logs.service',
    'sleep 3',
    expect.stringContaining('--data-binary'),
  ]);
});

onLinux('a handler that does not become ready in time signals FAILURE with the last lines of its log', () => {
  const instance = machine();
  instance.command('curl', 'exit 22');
  instance.command('systemctl', `[ "$1" != enable ] || echo 'cannot load' >> "$LOG"`);
  const { output } = instance.boot((script) =>
    script
      .replace(/"\$SECONDS" -ge \d+/, '"$SECONDS" -ge 0')
      .replace('umask 022', 'umask 022\nexport LOG=/var/log/slipway/handler.log'),
  );
  expect(output).toContain('the handler did not become ready within 525 s');
  expect(output).toContain('cannot load');
  expect(instance.signals()).toMatchObject([
    { Status: 'FAILURE', Reason: expect.stringContaining('handler: cannot load') },
  ]);
});

onLinux('waits until a load balancer has been told often enough, and says when none asks', () => {
  const instance = machine();
  instance.command('curl', `case "$*" in */probes) grep -c /probes "${'$'}{0%bin/curl}calls";; esac`);
  const { calls } = instance.boot();
  expect(calls.filter((call) => call.endsWith('/probes'))).toHaveLength(3);
  expect(instance.signals()).toMatchObject([{ Status: 'SUCCESS' }]);

  const alone = machine();
  alone.command('curl', `case "$*" in */probes) echo 2;; esac`);
  const failed = alone.boot((script) => script.replaceAll(/"\$SECONDS" -ge \d+/g, '"$SECONDS" -ge 0'));
  expect(failed.output).toContain("failed: false 'no load balancer asked 3 times in 525 s");
  expect(alone.signals()).toMatchObject([
    { Status: 'FAILURE', Reason: expect.stringMatching(/^line \d+ failed: .*no load/) },
  ]);
});

onLinux(
  'a reason is one line of plain text that fits into the event of a stack, with its beginning and its end',
  () => {
    const instance = machine();
    const noise = `${'\\"\t\u001b[31m\u00e9'.repeat(300)}`;
    instance.object('handler/handler.cjs', 'another handler');
    instance.write('var/log/slipway/handler.log', `${noise}\nthe last line\n`);
    instance.command('sleep', '');
    instance.boot((script) => script.replace(/ {2}install .*handler\.log\n/, ''));
    const { Reason } = instance.signals()[0]!;
    expect(Reason).toMatch(/^line \d+ failed: .*the last line$/);
    expect(Reason).toHaveLength(1000);
    expect(Reason).toMatch(/^[ -~]*$/);
  },
);

onLinux('an instance that scaling launched is not harmed by the refusal of its signal', () => {
  const instance = machine();
  instance.refuseSignals();
  const { status, output } = instance.boot();
  expect(output).toBe('slipway: the signal SUCCESS was not taken\n');
  expect(status).toBe(0);
});

test('waits for readiness a little shorter than CloudFormation waits for the signal', () => {
  const options = { files: [], unit: '', logShipperUnit: '' };
  expect(bootScriptText({ ...options, bootTimeoutSeconds: 600 })).toContain('-ge 525 ');
});

describe('with access control', () => {
  const access = {
    apiKeys: '/slipway/prod/keys',
    jwt: { issuer: 'https://a', audience: 'b', keySet: '/slipway/prod/set' },
  };
  const parameters = (then: string) =>
    `if [ "$1" = s3 ]; then exec cp "$(dirname "$0")/../bucket/$(basename "$4")" "$5"; fi
if [ "$1" = ssm ]; then ${then}; fi`;

  onLinux('fetches the keys before the handler starts, and by a timer from then on', () => {
    const instance = machine({ accessScript: accessScript(access, 'eu-west-1') });
    instance.command('aws', parameters('echo "the value of $4"'));
    const { status, output, calls } = instance.boot();
    expect(output).toBe('');
    expect(status).toBe(0);
    expect(instance.file('opt/slipway/access/keys')).toBe('the value of /slipway/prod/keys\n');
    expect(instance.file('opt/slipway/access/key-set.json')).toBe('the value of /slipway/prod/set\n');
    expect(instance.file('etc/systemd/system/slipway-access.timer')).toMatch(/^OnCalendar=\*:0\/5$/m);
    // where it starts again, a key that was withdrawn meanwhile is not taken
    expect(instance.file('etc/systemd/system/slipway-access.service')).toMatch(
      /^Before=slipway\.service\n(.*\n)*WantedBy=multi-user\.target$/m,
    );
    expect(calls).toContain('systemctl enable slipway-access.service');
    expect(calls.indexOf('systemctl enable --now slipway-access.timer')).toBeLessThan(
      calls.indexOf('systemctl enable --now --no-block slipway.service'),
    );
    expect(instance.signals()).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  onLinux('a parameter that is not there fails the boot', () => {
    const instance = machine({ accessScript: accessScript(access, 'eu-west-1') });
    instance.command('aws', parameters('echo "ParameterNotFound" >&2; exit 254'));
    const { status } = instance.boot();
    expect(status).not.toBe(0);
    expect(instance.signals()).toMatchObject([{ Status: 'FAILURE' }]);
    expect(instance.file('opt/slipway/access/keys')).toBeUndefined();
  });
});
