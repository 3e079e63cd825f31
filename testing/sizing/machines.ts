/**
 * What processors and cards do, for the oracle and for the simulation: written from the catalogue and from data sheets, apart
 * from lib/sizing.
 */
import type { ComputeProfile } from '../../lib/model/package/profile';
import type { Catalogue, InstanceType, ServiceLevel } from '../../lib/sizing';
import { FIXED_CATALOGUE } from './examples';

/** What is to be served, and on which types. */
export interface Workload {
  readonly profile: ComputeProfile;
  readonly serviceLevel: ServiceLevel;
  readonly catalogue: Catalogue;
  readonly computeClass?: 'scalar' | 'gemm';
}

/** What the times of a card may be off by. */
export const CARD_DOUBT = 1.3;

/** What the second threads of the cores add. */
export const yieldOf = (q: Workload, t: InstanceType) =>
  t.threadsPerCore === 1 ? 1 : q.computeClass === 'gemm' ? 1 : 1.3;

const coreSpeed = (q: Workload, t: InstanceType) => (q.computeClass === 'gemm' ? t.speed.dense : t.speed.scalar);

/** Of code of one thread, with what is not known of it. All profiles come from an EPYC 9R14. */
export function slowdown(q: Workload, t: InstanceType): number {
  const reference = Math.max(...q.catalogue.types.filter((x) => x.cpu === 'EPYC 9R14').map((x) => coreSpeed(q, x)));
  const doubts = q.computeClass === 'gemm' ? [1.11, 1.57, 1.68, 2.03] : [1.13, 1.27, 1.27, 1.38];
  const kind = t.cpu === 'EPYC 9R14' ? 0 : t.cpu.startsWith('EPYC') ? 1 : t.cpu.startsWith('Xeon') ? 2 : 3;
  const doubt = doubts[kind]!;
  let slower = reference / coreSpeed(q, t);
  const { dense } = q.profile;
  if (dense && dense.parameterBytes > 32 * 2 ** 20) {
    const share = BANDWIDTH[t.cpu] ?? Number.POSITIVE_INFINITY;
    const perByte = (dense.operationsPerRow * q.serviceLevel.rowsPerRequest) / dense.parameterBytes;
    if (perByte < 4) slower = Math.max(slower, 1.3 / (share * t.threadsPerCore));
  }
  return slower * doubt;
}

/** Of a vCPU of each processor, relative to m5. */
const BANDWIDTH: Readonly<Record<string, number>> = {
  'Xeon 8259CL': 0.94,
  'Xeon 8124M': 1,
  'Xeon 8375C': 1.1,
  'Xeon 8488C': 0.93,
  'Xeon 6975P-C': 1.5,
  'EPYC 7571': 0.92,
  'EPYC 7R13': 1.4,
  'EPYC 9R14': 1.3,
  'EPYC 9R45': 2,
  Graviton2: 2.5,
  Graviton3: 3.9,
  Graviton4: 3.7,
};

/** What a card does: thousand million bytes and million million operations a second, the latter in halves, singles, doubles. */
const CARDS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  T4: [320, 65, 8.1, 0.25],
  A10G: [600, 70, 31.2, 0.49],
  L4: [300, 121, 30.3, 0.47],
  L40S: [864, 362, 91.6, 1.43],
  H100: [3350, 989, 67, 34],
};

/** Milliseconds of a run of so many rows on a card: half of its bandwidth, 30 % of its arithmetic in halves and 50 % else. */
export function cardMs(q: Workload, t: InstanceType, rows: number): number {
  const dense = q.profile.dense!;
  const [bandwidth, half, single, double] = CARDS[t.gpu!.name]!;
  const operations = { float16: half, float32: single, float64: double }[dense.precision];
  const arithmetic =
    (rows * dense.operationsPerRow) / ((dense.precision === 'float16' ? 0.3 : 0.5) * operations * 1e12);
  const traffic = (dense.parameterBytes + 4 * rows * dense.activationBytesPerRow) / (0.5 * bandwidth * 1e9);
  return 1000 * (arithmetic + traffic) + 0.1 + dense.nodes * 0.006;
}

/** Milliseconds of a processor beside a card for a request: what is before and after the run, and HTTP. */
export function besideCardMs(q: Workload, t: InstanceType): { readonly around: number; readonly http: number } {
  const { host } = q.profile.dense!;
  const [empty] = q.profile.http;
  const [first, last] = [host[0]!, host[host.length - 1]!];
  const step = first === last ? first.cpuMs : Math.max(0, (last.cpuMs - first.cpuMs) / (last.rows - first.rows));
  // scalar code
  const from = FIXED_CATALOGUE.types.find((x) => x.cpu === 'EPYC 9R14')!;
  const slower = from.speed.scalar / t.speed.scalar;
  return { around: (first.cpuMs + step * (q.serviceLevel.rowsPerRequest - 1)) * slower, http: empty!.cpuMs * slower };
}
