/** Compute profiles that are measured on instances of the user's account, which are gone afterwards. */
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { HandlerFile } from '../artifacts/handler-bundle';
import { SlipwayError } from '../model/error';
import { PROFILER } from '../model/instance/profiler-files';
import type { InstanceType } from '../sizing';
import {
  awsError,
  closeSecurityGroup,
  createSecurityGroup,
  deleteSecurityGroup,
  type Ec2,
  launch,
  statesOf,
  subnetsFor,
  terminate,
} from './instances';
import { type Fetched, jobScript, userData } from './job';
import { DEADLINE_MINUTES } from './offer';
import type { TemporaryBucket } from './temporary-bucket';

/** Of one architecture. */
export interface Machine {
  readonly image: string;
  /** Path of the tarball of Node.js. */
  readonly runtime: string;
  readonly profiler: readonly HandlerFile[];
}

export interface Measurement {
  readonly types: readonly InstanceType[];
  readonly machine: Readonly<Record<InstanceType['architecture'], Machine | undefined>>;
  /** Paths of the files of the model package. */
  readonly model: readonly string[];
  readonly rows: number;
  readonly volumeGiB: number;
  /** @default - the default network */
  readonly subnet?: string;
  /** Ends in no other run's: of bucket, security group and instances. */
  readonly id: string;
}

export interface Means {
  readonly ec2: Ec2;
  readonly bucket: TemporaryBucket;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Between two looks at what the instances do. @default 10000 */
  readonly pauseMs?: number;
}

const ADDRESS_SECONDS = (DEADLINE_MINUTES + 10) * 60;
const RESULT = 'profile.json';
/** A group can be deleted when the network interfaces of its instances are gone, which takes a while after them. */
const TRIES = 30;

export interface Measured {
  /** Profiles as JSON, by type. */
  readonly profiles: ReadonlyMap<string, string>;
  /** What was made and could not be removed, each with why. */
  readonly left: readonly string[];
}

/**
 * Measure on every type at the same time.
 *
 * @throws SlipwayError E_AWS when AWS refuses, or a measurement fails; what could not be removed is among its problems. The
 *   reason of the signal when that comes
 */
export async function profileOn(measurement: Measurement, means: Means): Promise<Measured> {
  const made = new Borrowed(means);
  const remove = () => {
    means.onProgress('removing what was made');
    return made.remove();
  };
  try {
    const profiles = await measure(measurement, means, made);
    return { profiles, left: await remove() };
  } catch (error) {
    const reason = means.signal.aborted ? means.signal.reason : error;
    const left = await remove();
    if (left.length === 0) throw reason;
    const { message, problems } = awsError(reason, 'the measurement fails');
    throw new SlipwayError('E_AWS', `${message}; ${LEFT}`, { problems: [...problems, ...left], cause: reason });
  }
}

/** What is said before what is left. */
export const LEFT = 'not everything could be removed; remove it by hand';

async function measure(of: Measurement, means: Means, made: Borrowed): Promise<Map<string, string>> {
  const { ec2, bucket, signal, onProgress } = means;
  const tags = [
    { Key: 'slipway:profile', Value: of.id },
    { Key: 'Name', Value: of.id },
  ];
  const subnets = await asked(() => subnetsFor(ec2, of.subnet), 'the network cannot be read');
  const [{ VpcId: vpc }] = subnets as [{ VpcId?: string }];
  const within = subnets.filter(({ VpcId }) => VpcId === vpc);
  await made.makeBucket();
  const shared = await upload(of, means);
  signal.throwIfAborted();
  const group = await made.makeGroup(() => createSecurityGroup(ec2, vpc!, of.id, tags));
  await asked(() => closeSecurityGroup(ec2, group), 'the security group cannot be closed');
  for (const type of of.types) {
    signal.throwIfAborted();
    const { image, runtime } = of.machine[type.architecture]!;
    const job = jobScript({
      files: [...shared.model, ...shared.byArchitecture.get(type.architecture)!],
      runtime: basename(runtime),
      command: `"$node" ${PROFILER} model ${of.rows} ${RESULT}`,
      result: { name: RESULT, address: await bucket.address('PUT', `${type.name}/${RESULT}`, ADDRESS_SECONDS) },
    });
    await bucket.put(`${type.name}/job.sh`, job);
    const data = userData({
      job: await bucket.address('GET', `${type.name}/job.sh`, ADDRESS_SECONDS),
      log: await bucket.address('PUT', `${type.name}/log`, ADDRESS_SECONDS),
      minutes: DEADLINE_MINUTES,
    });
    const started = {
      type,
      image,
      subnets: within,
      securityGroup: group,
      userData: data,
      volumeGiB: of.volumeGiB,
      tags,
    };
    const id = await made.makeInstance(() => launch(ec2, { ...started, token: `${of.id}-${type.name}` }), type.name);
    onProgress(`${type.name}: started as ${id}; it ends by itself after ${DEADLINE_MINUTES} minutes at the latest`);
  }
  return await results(of.types, means, made);
}

/** Files that are the same for all types, and those of each architecture. */
async function upload({ types, machine, model }: Measurement, { bucket, signal, onProgress }: Means) {
  const put = async (key: string, name: string, content: { path: string } | Uint8Array): Promise<Fetched> => {
    signal.throwIfAborted();
    await bucket.put(key, content);
    return { name, address: await bucket.address('GET', key, ADDRESS_SECONDS) };
  };
  onProgress('uploading the model and what measures it');
  const packed: Fetched[] = [];
  for (const path of model) packed.push(await put(`model/${basename(path)}`, join('model', basename(path)), { path }));
  const byArchitecture = new Map<string, Fetched[]>();
  for (const architecture of new Set(types.map((type) => type.architecture))) {
    const { runtime, profiler } = machine[architecture]!;
    const files = [await put(`${architecture}/${basename(runtime)}`, basename(runtime), { path: runtime })];
    for (const file of profiler) {
      files.push(await put(`${architecture}/${file.name}`, file.name, 'path' in file ? file : file.content));
    }
    byArchitecture.set(architecture, files);
  }
  return { model: packed, byArchitecture };
}

async function results(types: readonly InstanceType[], means: Means, made: Borrowed): Promise<Map<string, string>> {
  const { bucket, ec2, signal, onProgress, pauseMs = 10_000 } = means;
  const found = new Map<string, string>();
  while (found.size < types.length) {
    await setTimeout(pauseMs, undefined, { signal });
    // before the results are looked for: an instance that has ended has left what it had
    const states = await asked(() => statesOf(ec2, [...made.instances.keys()]), 'the instances cannot be read');
    for (const [id, name] of made.instances) {
      if (found.has(name)) continue;
      const result = await bucket.get(`${name}/${RESULT}`);
      if (result !== undefined) {
        found.set(name, result);
        onProgress(`${name}: measured`);
        continue;
      }
      const log = await bucket.get(`${name}/log`);
      const ended = !/pending|running/.test(states.get(id) ?? 'terminated');
      if (log === undefined && !ended) continue;
      const problems = (log ?? '').trim().split('\n').slice(-5).filter(Boolean);
      const why = log === undefined ? 'ended without a result' : 'could not measure';
      throw new SlipwayError('E_AWS', `${name} (${id}) ${why}`, { problems });
    }
  }
  return found;
}

async function asked<T>(step: () => Promise<T>, what: string): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw awsError(error, what);
  }
}

/** What was made and is to be removed. */
class Borrowed {
  /** Names of types by the ids of instances. */
  readonly instances = new Map<string, string>();
  private group: string | undefined;
  private bucket: TemporaryBucket | undefined;

  constructor(private readonly means: Means) {}

  async makeBucket(): Promise<void> {
    this.bucket = this.means.bucket;
    await this.bucket.create();
  }

  async makeGroup(make: () => Promise<string>): Promise<string> {
    this.group = await asked(make, 'the security group cannot be made');
    return this.group;
  }

  async makeInstance(make: () => Promise<string>, type: string): Promise<string> {
    const id = await asked(make, `${type} cannot be started`);
    this.instances.set(id, type);
    return id;
  }

  /** @returns what is left, each with why */
  async remove(): Promise<string[]> {
    const { ec2 } = this.means;
    const ids = [...this.instances.keys()];
    const left: string[] = [];
    const attempt = async (what: string, step: () => Promise<void>) => {
      await step().catch((error: Error) => left.push(`${what}: ${error.message.split('\n')[0]}`));
    };
    if (ids.length > 0) {
      await attempt(`instances ${ids.join(', ')}`, async () => {
        const living = async () => {
          const states = await statesOf(ec2, ids);
          return ids.filter((id) => (states.get(id) ?? 'terminated') !== 'terminated');
        };
        await terminate(ec2, await living());
        await this.again(async () => (await living()).length === 0);
      });
    }
    const { group, bucket } = this;
    if (group !== undefined) {
      await attempt(`security group ${group}`, () =>
        this.again(() => deleteSecurityGroup(ec2, group).then(() => true)),
      );
    }
    if (bucket) await attempt(`bucket ${bucket.name}`, () => bucket.remove());
    return left;
  }

  /** Until it says that it is done, or until it has failed often. */
  private async again(step: () => Promise<boolean>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const done = await step().catch((error: Error) => error);
      if (done === true) return;
      if (tries === TRIES) throw done || new Error('it takes too long');
      await setTimeout(this.means.pauseMs ?? 10_000);
    }
  }
}
