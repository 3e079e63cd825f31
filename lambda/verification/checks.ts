/** What a deployment is judged by: the package that is served, its golden rows, and how fast it answers. */
import { SlipwayError } from '../../lib/model/error';
import { differenceText } from '../../lib/model/package/difference-text';
import { firstRows } from '../../lib/model/package/golden-file';
import type { Judged } from '../../lib/model/stage/deployment';
import { getJson, postJson, type Trust } from './https-client';
import { measurePace } from './pace';
import { type Verification, type VerifiedPackage, verifyEndpoint } from './replay';
import { within } from './route';
import { servedAs } from './served-version';

export interface Clock {
  /** Milliseconds of the epoch. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

export const CLOCK: Clock = {
  now: Date.now,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** A new record, and a name that was asked for before there was one, take a while until they resolve. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 10_000;

/** On the way from here to the load balancer and back, which the plan does not count; deduced, not measured. */
export const WAY_MS = 20;

/** So often in a row p99 must be too long: what else runs on the hosts around must not undo a deployment. */
const SLOW_ROUNDS = 3;

/** Golden rows by which a way is tried, where all of them have held on another one. */
const FEW_ROWS = 64;

/** Digits of a digest by which a package is told from others. */
const SHOWN_DIGITS = 12;

/** Differences that are told; CloudFormation shows some hundred characters. */
const TOLD = 2;

/** An answer that is wrong is final; that there is none yet is not, for the first minutes. */
function patience(clock: Clock): <T>(attempt: () => Promise<T>) => Promise<T> {
  const end = clock.now() + PATIENCE_MS;
  return async (attempt) => {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!SlipwayError.is(error) || error.code !== 'E_UNREACHABLE' || clock.now() + PAUSE_MS >= end) throw error;
      }
      await clock.wait(PAUSE_MS);
    }
  };
}

/** @throws SlipwayError E_PARITY when another package is served, or its answers are others */
export function requireHolds(package_: VerifiedPackage, { serves, differences, rows }: Verification): void {
  const problems = serves === undefined ? [] : [otherPackage(package_, serves)];
  if (differences.length > 0) {
    const wrong = new Set(differences.map(({ row }) => row)).size;
    const { classes } = package_.manifest.signature;
    const told = differences.slice(0, TOLD).map((difference) => differenceText(difference, classes));
    problems.push(`${wrong} of ${rows} golden rows do not hold: ${told.join('; ')}`);
  }
  if (problems.length > 0) throw new SlipwayError('E_PARITY', problems.join('; '));
}

function otherPackage({ manifest, digest }: VerifiedPackage, serves: string): string {
  return `the endpoint serves ${serves} instead of ${manifest.name} ${digest}`;
}

/**
 * Judge an endpoint as its clients see it.
 *
 * @param versions packages that are served beside it as versions of the same model
 * @returns what was seen, in a sentence
 * @throws SlipwayError E_PARITY when it serves or answers anything else, or too slowly; E_UNREACHABLE when it does not answer
 */
export async function checkEndpoint(
  judged: Judged,
  package_: VerifiedPackage,
  trust: Trust,
  clock: Clock,
  versions: readonly VerifiedPackage[] = [],
): Promise<string> {
  if (judged.limited) {
    return 'not asked, since the load balancer lets named callers in alone (allowFrom, mutualTls, verifyJwt, authenticate); the golden rows held on each instance';
  }
  const url = new URL(judged.url);
  const patiently = patience(clock);
  if (judged.closed && trust.key === undefined) return patiently(() => checkClosed(url, trust));
  const told: string[] = [];
  for (const version of versions) {
    const rows = await patiently(() => checkPackage(url, version, trust));
    told.push(`${rows} of package ${version.digest.slice(0, SHOWN_DIGITS)} beside it`);
  }
  const besides = told.map((text) => `, ${text}`).join('');
  const asked = judged.unhurried ? withFewRows(package_) : package_;
  const held = await patiently(() => checkPackage(url, asked, trust));
  if (!package_.golden) return `the package is served; it has no golden rows${besides}`;
  if (judged.unhurried) return `${held} hold${besides}`;
  const paces: string[] = [];
  for (let round = 0; round < SLOW_ROUNDS; round++) {
    const { p99Ms, requests } = await patiently(() => measurePace(url, package_, trust));
    const pace = `p99 of ${requests} requests ${p99Ms.toFixed(1)} ms`;
    if (p99Ms <= judged.p99Ms + WAY_MS) return `${held} hold${besides}, ${pace}`;
    paces.push(pace);
  }
  throw new SlipwayError(
    'E_PARITY',
    `too slow: ${paces.join(', ')}; the plan allows for ${judged.p99Ms} ms, and ${WAY_MS} ms for the way from here`,
  );
}

/** Rows depend on each other where they are one batch: then none is left out. */
function withFewRows(package_: VerifiedPackage): VerifiedPackage {
  const { golden, manifest } = package_;
  if (!golden || manifest.batch === 'whole') return package_;
  return { ...package_, golden: firstRows(golden, FEW_ROWS) };
}

/** @returns which golden rows were replayed @throws SlipwayError E_PARITY */
async function checkPackage(url: URL, package_: VerifiedPackage, trust: Trust): Promise<string> {
  if (!package_.golden) {
    const { instead } = await servedAs(url, package_, trust);
    if (instead !== undefined) throw new SlipwayError('E_PARITY', otherPackage(package_, instead));
    return 'no golden rows';
  }
  const verification = await verifyEndpoint(url, package_, trust);
  requireHolds(package_, verification);
  return `${verification.rows} golden rows`;
}

/** Without a key nothing is told of the model: that it is ready, and that nobody gets in without one. */
async function checkClosed(url: URL, trust: Trust): Promise<string> {
  const [ready, anybody] = [within(url, 'readyz'), within(url, 'predict')];
  const { status } = await getJson(ready, trust);
  if (status !== 200)
    throw new SlipwayError('E_UNREACHABLE', `${ready.href}: answered ${status}, so it does not predict`);
  const answer = await postJson(anybody, { data: [] }, trust);
  if (answer.status === 401) {
    return 'the endpoint is ready and closed; golden rows were not sent, since access.deploymentKey names no key';
  }
  throw new SlipwayError(
    'E_PARITY',
    `${anybody.href}: answered ${answer.status} to a caller without a key instead of 401`,
  );
}
