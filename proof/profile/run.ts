/**
 * `slipway profile --on` against the AWS emulator, as a person runs it: the real command starts an instance there, and this
 * machine stands in for the instance. Its user data is run as it is, with the real bundle, Node.js and profile; `shutdown` alone
 * is another program. No AWS account is involved. Before that, three profiles on this machine have to give one fleet.
 *
 *     npm run proof:profile
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { aws } from '../deploy/aws';
import { Emulator } from '../deploy/emulator';
import { ProofProblem } from '../problem';
import { endAll } from '../process';
import { pythonEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { StandIn, type StandInOptions } from './stand-in';
import { proveThreeProfiles } from './three-profiles';

const ROOT = resolve(__dirname, '../..');
const REGION = 'us-east-1';
const TYPE = 'm7a.medium';
const PAUSE_MS = 200;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

class Command {
  private readonly child;
  private said = '';
  readonly ended: Promise<Ended>;

  constructor(emulator: Emulator, folder: string, words: readonly string[]) {
    const command = [join(ROOT, 'bin/launcher.js'), 'profile', folder, '--region', REGION, ...words];
    this.child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ...emulator.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    }
    this.ended = new Promise((done) => this.child.once('close', (code) => done({ code, said: this.said })));
  }

  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.said)) {
      if (this.child.exitCode !== null) throw new ProofProblem(`the command ended early\n${this.said}`);
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

async function prove(report: Report, folder: string): Promise<void> {
  proveThreeProfiles(report, ROOT, folder);
  const python = await pythonEnvironment((text) => console.log(`  ${text}`));
  const emulator = await Emulator.start(python.python, folder);
  try {
    const { ec2 } = aws(emulator, python.python, REGION);
    const model = join(folder, 'model');
    cpSync(join(ROOT, 'models/breast-cancer'), model, { recursive: true });
    const before = await left(ec2, emulator);
    const scene = async (title: string, options: Partial<StandInOptions>, act: (standIn: StandIn) => Promise<void>) => {
      report.section(title);
      const standIn = new StandIn({ ec2, folder, ...options });
      await act(standIn)
        .catch((error: Error) => report.check(false, title, error.message))
        .finally(() => standIn.stop());
    };
    const nothingLeft = async (what: string) =>
      report.equal(await left(ec2, emulator), before, `${what}: no instance, volume, security group or bucket is left`);
    const run = (...words: string[]) => new Command(emulator, model, words);

    await scene('nobody agrees', {}, async (standIn) => {
      const { code, said } = await run('--on', TYPE).ended;
      report.check(
        code === 2 && /0\.0\d USD/.test(said) && said.includes('--yes'),
        'cost is said, and nobody is asked',
      );
      report.equal(standIn.instances.length, 0, 'nothing was started');
    });

    await scene('measured', {}, async (standIn) => {
      rmSync(join(model, 'profile.json'));
      const { code, said } = await run('--on', TYPE, '--yes').ended;
      report.check(code === 0, 'the command ends well', code === 0 ? '' : said);
      const read = readModelPackage(model);
      report.check(readProfile(read).modelSha256 === read.manifest.model.sha256, 'the profile is that of the model');
      const [instance] = standIn.instances;
      await checkInstance(report, ec2, standIn, instance!.InstanceId!);
      await nothingLeft('measured');
    });

    await scene('interrupted', { boots: false }, async () => {
      const command = run('--on', TYPE, '--yes');
      await command.says(/started as i-/);
      command.kill('SIGINT');
      const { code, said } = await command.ended;
      report.equal(code, 130, 'the command ends as one that was interrupted');
      report.check(said.includes('everything was removed'), 'it says that everything was removed');
      await nothingLeft('interrupted');
    });

    await scene(
      'the measurement fails',
      { before: 'tar() { echo no tar here >&2; return 1; }; export -f tar' },
      async () => {
        const { code, said } = await run('--on', TYPE, '--yes').ended;
        report.check(
          code !== 0 && said.includes('no tar here'),
          'the last lines of the instance are quoted',
          said.slice(-200),
        );
        await nothingLeft('failed');
      },
    );

    await scene('the laptop dies', {}, async (standIn) => {
      const command = run('--on', TYPE, '--yes');
      await command.says(/started as i-/);
      command.kill('SIGKILL');
      await command.ended;
      const deadline = Date.now() + 300_000;
      while ((await running(ec2)).length > 0 && Date.now() < deadline)
        await new Promise((done) => setTimeout(done, 500));
      const [instance] = standIn.instances;
      report.equal(standIn.shutdowns(instance!.InstanceId!), ['-h +30', '-h now'], 'the instance ended by itself');
      report.equal(await running(ec2), [], 'none is running');
    });
  } finally {
    await emulator.stop();
  }
  report.section('outside what an emulator can show');
  report.unproved('that EC2 starts the instance and boots the image', 'the emulator writes it down');
  report.unproved('the deadline of shutdown', 'the shutdown of this machine is not called');
  report.unproved('arm64', 'the processor of this machine is another');
}

async function checkInstance(report: Report, ec2: EC2Client, standIn: StandIn, id: string): Promise<void> {
  report.equal(
    standIn.shutdowns(id),
    ['-h +30', '-h now'],
    'it has a deadline from its first line, and shuts down when done',
  );
  const attribute = new DescribeInstanceAttributeCommand({
    InstanceId: id,
    Attribute: 'instanceInitiatedShutdownBehavior',
  });
  const { InstanceInitiatedShutdownBehavior: behaviour } = await ec2.send(attribute);
  report.equal(behaviour?.Value, 'terminate', 'a shutdown terminates it');
  const [instance] = standIn.instances;
  report.check(
    instance?.KeyName === undefined && instance?.IamInstanceProfile === undefined,
    'it has no key and no role',
  );
  report.check(
    instance!.Tags!.some(({ Key }) => Key === 'slipway:profile'),
    'it is tagged',
  );
  const data = await standIn.userData(id);
  report.check(Buffer.byteLength(data) < 16_384, 'its user data fits', `${Buffer.byteLength(data)} bytes`);
}

async function running(ec2: EC2Client): Promise<string[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const all = Reservations.flatMap(({ Instances = [] }) => Instances);
  return all.filter(({ State }) => State?.Name !== 'terminated').map(({ InstanceId }) => InstanceId!);
}

async function left(ec2: EC2Client, emulator: Emulator): Promise<string[]> {
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const buckets = await (await fetch(`${emulator.url}/`, { headers: { host: 's3.amazonaws.com' } })).text();
  return [
    ...(await running(ec2)),
    ...SecurityGroups.map(({ GroupId }) => GroupId!),
    ...Volumes.map(({ VolumeId }) => VolumeId!),
    ...[...buckets.matchAll(/<Name>([^<]+)</g)].map(([, name]) => name!),
  ];
}

async function main(): Promise<void> {
  process.chdir(ROOT);
  mkdirSync('.slipway', { recursive: true });
  const folder = mkdtempSync(resolve('.slipway/proof-profile-'));
  const leave = () => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    leave();
    process.exit(130);
  });
  const report = new Report(console.log);
  try {
    await prove(report, folder);
    process.exitCode = conclude('profile', report) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ProofProblem)) throw error;
    console.error(`error ${error.message}`);
    process.exitCode = 2;
  } finally {
    if (process.exitCode !== 0) console.log(readFileSync(join(folder, 'emulator.log'), 'utf8').slice(-3000));
    leave();
  }
}

void main();
