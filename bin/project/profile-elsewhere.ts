/** `slipway profile --on`: measured on instances of the user's account. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';
import { profilerContents } from '../../lib/artifacts/profiler-bundle';
import { offerOf, offerText, typesNamed } from '../../lib/borrowed-instance/offer';
import { LEFT, type Machine, profileOn } from '../../lib/borrowed-instance/profile-on';
import { TemporaryBucket } from '../../lib/borrowed-instance/temporary-bucket';
import { newestImage, sourceOf } from '../../lib/image/newest-image';
import { SlipwayError } from '../../lib/model/error';
import { makeFolders } from '../../lib/model/files/make-folders';
import { replaceFile } from '../../lib/model/files/replace-file';
import { jsonText } from '../../lib/model/formats/json';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { type ModelPackage, parseProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { whenInterrupted } from '../../lib/model/process/interruption';
import { type InstanceType, loadCatalogue } from '../../lib/sizing';
import { processorNamed } from '../../lib/sizing/catalogue/processors';
import { requestCost } from '../../lib/sizing/demand/service';
import { servers } from '../../lib/sizing/demand/transfer';
import { imageParameter } from '../../lib/sizing/plan/machine-image';
import { agreed } from '../terminal/agreed';
import { notice, progress } from '../terminal/output';
import { workspace } from './workspace';

export interface Elsewhere {
  readonly on: readonly string[];
  readonly region: string;
  readonly subnet?: string;
  readonly rows: number;
  readonly yes?: boolean;
}

/** What the image, the tools and the system take of the root volume, GiB; the model is there twice. */
const VOLUME_GIB = 8;
const GIB = 1024 ** 3;

const FILES = [PACKAGE_FILES.manifest, PACKAGE_FILES.model, PACKAGE_FILES.golden, PACKAGE_FILES.training];

/** @returns the profile of the type with the cheapest requests; undefined where it was not wanted, or interrupted */
export async function profileElsewhere(model: ModelPackage, flags: Elsewhere): Promise<ComputeProfile | undefined> {
  const catalogue = loadCatalogue(flags.region);
  const types = typesNamed(flags.on, catalogue);
  const volumeGiB = VOLUME_GIB + Math.ceil((2 * model.manifest.model.bytes) / GIB);
  notice(offerText(types, flags.region, offerOf(types, catalogue, volumeGiB)));
  if (!flags.yes && !(await agreed('Start them? [y/N] '))) {
    notice('nothing was started');
    process.exitCode = 1;
    return undefined;
  }
  const id = `slipway-profile-${randomBytes(6).toString('hex')}`;
  const requestHandler = { connectionTimeout: 10_000, requestTimeout: 60_000 };
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  const ec2 = new EC2Client({ region: flags.region, requestHandler });
  const { credentials, sha256 } = ec2.config;
  const bucket = new TemporaryBucket({ name: id, region: flags.region, credentials, sha256 });
  const machine = await machines(types, flags.region);
  const stopped = new AbortController();
  whenInterrupted((signal) => {
    notice('interrupted: what was made is removed first; once more ends at once, and leaves it');
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
    stopped.abort(new SlipwayError('E_USAGE', 'interrupted'));
  });
  try {
    const { profiles, left } = await profileOn(
      {
        types,
        machine,
        model: FILES.map((file) => join(model.directory, file)).filter(isThere),
        rows: flags.rows,
        volumeGiB,
        id,
        ...(flags.subnet !== undefined && { subnet: flags.subnet }),
      },
      { ec2, bucket, signal: stopped.signal, onProgress: progress },
    );
    if (left.length > 0) {
      notice([LEFT, ...left].join('\n  '));
      process.exitCode = 1;
    }
    return cheapest(types, profiles, model);
  } catch (error) {
    if (!stopped.signal.aborted || (SlipwayError.is(error) && error.code === 'E_AWS')) throw error;
    notice('interrupted; everything was removed');
    return undefined;
  }
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

async function machines(types: readonly InstanceType[], region: string) {
  const machine: { [architecture in InstanceType['architecture']]: Machine | undefined } = {
    x86_64: undefined,
    arm64: undefined,
  };
  for (const type of types) {
    const { architecture } = type;
    if (machine[architecture]) continue;
    const parameter = imageParameter({ choice: { architecture } as never });
    const whose = 'The instances start in that account; docs/guide/sizing.md has the permissions that this takes';
    const { id: image } = await newestImage({ region, architecture, parameter }, sourceOf(region), whose);
    const { path: runtime } = await fetchNodeRuntime(architecture, progress);
    const target = { platform: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' } as const;
    machine[architecture] = { image, runtime, profiler: profilerContents(target) };
  }
  return machine;
}

/** Says what a million requests cost on each, and keeps all profiles where there are several. */
function cheapest(
  types: readonly InstanceType[],
  found: ReadonlyMap<string, string>,
  { manifest }: ModelPackage,
): ComputeProfile {
  const measured = types.map((type) => {
    const bytes = Buffer.from(found.get(type.name)!);
    const profile = named(parseProfile(bytes, `the profile of ${type.name}`, manifest, 'try again'), type);
    const [{ service }] = requestCost(profile, 1, manifest.batch).modes;
    const perSecond = (1000 * servers(type, manifest.computeClass)) / service.meanMs;
    return { type, profile, usd: (1e6 * type.usdPerHour) / 3600 / perSecond };
  });
  measured.sort((a, b) => a.usd - b.usd);
  const [{ profile: best }] = measured as [(typeof measured)[0]];
  if (measured.length === 1) return best;
  const folder = join(workspace(), 'profiles', manifest.name);
  makeFolders(folder);
  for (const { type, profile, usd } of measured) {
    const path = join(folder, `${type.name}.json`);
    replaceFile(path, jsonText(profile));
    progress(`${type.name}: ${usd.toPrecision(3)} USD for a million requests at full use; kept in ${path}`);
  }
  return best;
}

/** Some processors have no name in their operating system; what type it was is known. */
function named(profile: ComputeProfile, { cpu, name }: InstanceType): ComputeProfile {
  if (processorNamed(profile.machine.cpuModel, [cpu]) === cpu || profile.machine.cpuModel !== 'unknown') return profile;
  return { ...profile, machine: { ...profile.machine, cpuModel: `${cpu} (${name})` } };
}
