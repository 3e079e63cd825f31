import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Means, type Measurement, profileOn } from '../../lib/borrowed-instance/profile-on';
import type { TemporaryBucket } from '../../lib/borrowed-instance/temporary-bucket';
import { SlipwayError } from '../../lib/model/error';
import { typeNamed } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';

const folder = temporaryFolder();
const file = join(folder, 'model.onnx');
writeFileSync(file, 'model');

const measurement: Measurement = {
  types: [typeNamed('c7a.medium'), typeNamed('c7g.medium')],
  machine: {
    x86_64: {
      image: 'ami-1',
      runtime: '/cache/x64.tgz',
      profiler: [{ name: 'elsewhere.cjs', content: Buffer.from('x') }],
    },
    arm64: { image: 'ami-2', runtime: '/cache/arm.tgz', profiler: [] },
  },
  model: [file],
  rows: 1,
  volumeGiB: 8,
  id: 'slipway-profile-1',
};

type Reply = Record<string, unknown> | Error;

/** An account that answers by the name of the command. */
function account(answers: Readonly<Record<string, (input: Record<string, unknown>) => Reply>> = {}) {
  const calls: [string, Record<string, unknown>][] = [];
  let instances = 0;
  const usual: typeof answers = {
    DescribeSubnets: () => ({ Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', AvailabilityZoneId: 'use1-az1' }] }),
    CreateSecurityGroup: () => ({ GroupId: 'sg-1' }),
    RunInstances: () => ({ Instances: [{ InstanceId: `i-${++instances}` }] }),
    DescribeInstances: ({ InstanceIds }) => {
      const state = calls.some(([name]) => name === 'TerminateInstances') ? 'terminated' : 'running';
      const all = (InstanceIds as string[]).map((InstanceId) => ({ InstanceId, State: { Name: state } }));
      return { Reservations: [{ Instances: all }] };
    },
  };
  const send = async (command: { input: Record<string, unknown>; constructor: { name: string } }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    calls.push([name, command.input]);
    const reply = (answers[name] ?? usual[name])?.(command.input) ?? {};
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return { calls, ec2: { send } as unknown as Means['ec2'], names: () => calls.map(([name]) => name) };
}

function bucketWith(objects: Readonly<Record<string, string>> = {}) {
  const log: string[] = [];
  const bucket = {
    name: 'slipway-profile-1',
    create: async () => void log.push('create'),
    put: async (key: string) => void log.push(`put ${key}`),
    get: async (key: string) => objects[key],
    address: async (method: string, key: string) => `https://bucket/${key}?${method}`,
    remove: async () => void log.push('remove'),
  };
  return { log, bucket: bucket as unknown as TemporaryBucket };
}

const means = (ec2: Means['ec2'], bucket: TemporaryBucket, signal = new AbortController().signal): Means => ({
  ec2,
  bucket,
  signal,
  onProgress: () => {},
  pauseMs: 1,
});

const both = { 'c7a.medium/profile.json': '{"a":1}', 'c7g.medium/profile.json': '{"b":2}' };
const refusal = (name: string) => Object.assign(new Error('no'), { name });

test('each type is measured by a closed instance that terminates itself, and all is removed', async () => {
  const { ec2, calls, names } = account();
  const { bucket, log } = bucketWith(both);
  const { profiles, left } = await profileOn(measurement, means(ec2, bucket));
  expect([...profiles]).toEqual([
    ['c7a.medium', '{"a":1}'],
    ['c7g.medium', '{"b":2}'],
  ]);
  expect(left).toEqual([]);
  const launches = calls.filter(([name]) => name === 'RunInstances').map(([, input]) => input);
  expect(launches).toMatchObject([
    { ImageId: 'ami-1', InstanceType: 'c7a.medium', InstanceInitiatedShutdownBehavior: 'terminate' },
    { ImageId: 'ami-2', InstanceType: 'c7g.medium', MetadataOptions: { HttpTokens: 'required' } },
  ]);
  for (const launch of launches) {
    expect(launch).not.toHaveProperty('KeyName');
    expect(launch).not.toHaveProperty('IamInstanceProfile');
    expect(Buffer.from(launch.UserData as string, 'base64').toString()).toMatch(/^#!\/bin\/bash\nshutdown -h \+30\n/);
  }
  // nothing in, HTTPS out
  expect(names()).not.toContain('AuthorizeSecurityGroupIngress');
  const egress = calls.find(([name]) => name === 'AuthorizeSecurityGroupEgress')![1];
  expect(egress.IpPermissions).toMatchObject([{ FromPort: 443, ToPort: 443 }]);
  expect(names().slice(-4)).toEqual([
    'DescribeInstances',
    'TerminateInstances',
    'DescribeInstances',
    'DeleteSecurityGroup',
  ]);
  expect(log.at(-1)).toBe('remove');
});

test('what was made is removed where it is interrupted, and where AWS refuses the second instance', async () => {
  const stopped = new AbortController();
  const waiting = account();
  const first = bucketWith();
  const running = profileOn(measurement, means(waiting.ec2, first.bucket, stopped.signal));
  while (!waiting.names().includes('DescribeInstances')) await new Promise((done) => setTimeout(done, 1));
  stopped.abort(new SlipwayError('E_USAGE', 'interrupted'));
  await expect(running).rejects.toThrow('interrupted');
  expect(waiting.calls.find(([name]) => name === 'TerminateInstances')![1]).toEqual({ InstanceIds: ['i-1', 'i-2'] });
  expect(first.log.at(-1)).toBe('remove');

  const refusing = account({
    RunInstances: ({ InstanceType }) =>
      InstanceType === 'c7a.medium' ? { Instances: [{ InstanceId: 'i-9' }] } : refusal('UnauthorizedOperation'),
  });
  const second = bucketWith();
  await expect(profileOn(measurement, means(refusing.ec2, second.bucket))).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringMatching(
      /^c7g\.medium cannot be started: UnauthorizedOperation: no; it takes .*ec2:RunInstances/,
    ),
  });
  expect(refusing.calls.find(([name]) => name === 'TerminateInstances')![1]).toEqual({ InstanceIds: ['i-9'] });
  expect(second.log.at(-1)).toBe('remove');
});

test('an instance that cannot measure says why, by the last lines of its log', async () => {
  const { ec2 } = account();
  const { bucket } = bucketWith({ 'c7a.medium/log': 'error E_PARITY golden rows do not hold\n' });
  await expect(profileOn(measurement, means(ec2, bucket))).rejects.toMatchObject({
    code: 'E_AWS',
    message: 'c7a.medium (i-1) could not measure',
    problems: ['error E_PARITY golden rows do not hold'],
  });
});

test('an instance that has ended without a word is not waited for', async () => {
  const ended = { Instances: [{ InstanceId: 'i-1', State: { Name: 'terminated' } }] };
  const { ec2 } = account({ DescribeInstances: () => ({ Reservations: [ended] }) });
  await expect(profileOn(measurement, means(ec2, bucketWith().bucket))).rejects.toThrow('ended without a result');
});

test('another zone is tried where one has no room', async () => {
  const subnets = ['subnet-1', 'subnet-2'].map((SubnetId) => ({ SubnetId, VpcId: 'vpc-1' }));
  const { ec2, calls } = account({
    DescribeSubnets: () => ({ Subnets: subnets }),
    RunInstances: ({ NetworkInterfaces }) =>
      (NetworkInterfaces as { SubnetId: string }[])[0]!.SubnetId === 'subnet-1'
        ? refusal('InsufficientInstanceCapacity')
        : { Instances: [{ InstanceId: 'i-7' }] },
  });
  const one = { ...measurement, types: measurement.types.slice(0, 1) };
  await profileOn(one, means(ec2, bucketWith(both).bucket));
  expect(calls.filter(([name]) => name === 'RunInstances')).toHaveLength(2);
});

test('what cannot be removed is named, beside the profiles and beside what went wrong', async () => {
  const { ec2 } = account({ DeleteSecurityGroup: () => refusal('DependencyViolation') });
  const { profiles, left } = await profileOn(measurement, means(ec2, bucketWith(both).bucket));
  expect(profiles.size).toBe(2);
  expect(left).toEqual(['security group sg-1: no']);
  const failing = bucketWith({ 'c7a.medium/log': 'no disk' });
  await expect(profileOn(measurement, means(ec2, failing.bucket))).rejects.toMatchObject({
    message: 'c7a.medium (i-3) could not measure; not everything could be removed; remove it by hand',
    problems: ['no disk', 'security group sg-1: no'],
  });
});

test('without a default network a subnet has to be named', async () => {
  const { ec2, names } = account({ DescribeSubnets: () => ({ Subnets: [] }) });
  await expect(profileOn(measurement, means(ec2, bucketWith().bucket))).rejects.toThrow('--subnet');
  expect(names()).toEqual(['DescribeSubnets']);
});
