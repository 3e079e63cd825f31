/**
 * EC2 families of the default catalogue: facts typed in by hand, with their sources.
 *
 * - Prices: AWS price list, Linux on-demand, us-east-1, 2026-07-20, for the xlarge size (4 vCPU). Within each of these
 *   families the price is proportional to the memory of the size (checked over all their sizes but metal, within 0.5 %).
 * - CPU factors: single runs on the xlarge size, m5.xlarge = 1.00. Geekbench 6 and PassMark: Spare Cores inspector data,
 *   2024-11 to 2026-08; CoreMark: Vantage runs, 2025-12 to 2026-07. Sizes of one family differ by 2 to 9 % (t3: 10 %).
 * - Burstable baselines: EC2 user guide. That `-flex` types guarantee 40 % is common knowledge, in no API.
 */
import type { Architecture, CpuFactors } from './catalogue';

export const CAPTURED_AT = '2026-07-20';

export const SOURCES = [
  'AWS price list, Linux on-demand, us-east-1, 2026-07-20',
  'Spare Cores inspector data (Geekbench 6, PassMark), 2024-11 to 2026-08',
  'Vantage CoreMark runs, 2025-12 to 2026-07',
  'EC2 user guide (burstable baselines), 2026-07',
] as const;

/** Series decide the memory of a vCPU: c 2 GiB, m 4 GiB, r 8 GiB; t has sizes of its own. */
export type Series = 't' | 'c' | 'm' | 'r';

export interface Family {
  readonly family: string;
  readonly series: Series;
  readonly architecture: Architecture;
  readonly cpu: string;
  /** 2 with simultaneous multithreading (4 vCPU are 2 cores), 1 where a vCPU is a core. */
  readonly threadsPerCore: 1 | 2;
  readonly usdPerHourXlarge: number;
  readonly factors: CpuFactors;
  /** Whether there is a medium size with one vCPU (t has a medium with two). */
  readonly medium: boolean;
}

type Row = readonly [
  family: string,
  architecture: Architecture,
  cpu: string,
  threadsPerCore: 1 | 2,
  usdPerHourXlarge: number,
  gb6SingleThread: number,
  gb6Multi: number,
  passmarkSingleThread: number,
  passmarkMulti: number,
  coremark: number,
];

const ROWS: readonly Row[] = [
  ['t3', 'x86_64', 'Xeon 8259CL', 2, 0.1664, 0.88, 0.88, 0.88, 0.96, 0.91],
  ['t3a', 'x86_64', 'EPYC 7571', 2, 0.1504, 0.67, 0.74, 0.78, 0.91, 0.88],
  ['t4g', 'arm64', 'Graviton2', 1, 0.1344, 0.86, 1.35, 0.61, 0.67, 1.31],
  ['m5', 'x86_64', 'Xeon 8259CL', 2, 0.192, 1.0, 1.0, 1.0, 1.0, 1.0],
  ['m5a', 'x86_64', 'EPYC 7571', 2, 0.172, 0.7, 0.78, 0.8, 0.92, 0.89],
  ['c5', 'x86_64', 'Xeon 8124M', 2, 0.17, 1.12, 1.13, 1.16, 1.15, 1.23],
  ['c5a', 'x86_64', 'EPYC 7R32', 2, 0.154, 1.28, 1.34, 1.18, 1.41, 1.16],
  ['r5', 'x86_64', 'Xeon 8259CL', 2, 0.252, 0.99, 1.0, 1.0, 1.0, 0.99],
  ['m6i', 'x86_64', 'Xeon 8375C', 2, 0.192, 1.52, 1.48, 1.3, 1.46, 1.13],
  ['c6i', 'x86_64', 'Xeon 8375C', 2, 0.17, 1.55, 1.53, 1.31, 1.47, 1.19],
  ['r6i', 'x86_64', 'Xeon 8375C', 2, 0.252, 1.54, 1.52, 1.3, 1.47, 1.12],
  ['m6a', 'x86_64', 'EPYC 7R13', 2, 0.1728, 1.58, 1.65, 1.46, 1.71, 1.36],
  ['c6a', 'x86_64', 'EPYC 7R13', 2, 0.153, 1.56, 1.61, 1.45, 1.71, 1.46],
  ['r6a', 'x86_64', 'EPYC 7R13', 2, 0.2268, 1.61, 1.66, 1.46, 1.71, 1.34],
  ['m6g', 'arm64', 'Graviton2', 1, 0.154, 0.93, 1.43, 0.61, 0.67, 1.3],
  ['c6g', 'arm64', 'Graviton2', 1, 0.136, 0.93, 1.45, 0.61, 0.68, 1.34],
  ['r6g', 'arm64', 'Graviton2', 1, 0.2016, 0.91, 1.4, 0.61, 0.68, 1.34],
  ['m7i', 'x86_64', 'Xeon 8488C', 2, 0.2016, 1.95, 2.0, 1.69, 1.91, 1.51],
  ['c7i', 'x86_64', 'Xeon 8488C', 2, 0.1785, 1.78, 1.79, 1.64, 1.82, 1.65],
  ['r7i', 'x86_64', 'Xeon 8488C', 2, 0.2646, 1.77, 1.79, 1.7, 1.92, 1.61],
  ['m7i-flex', 'x86_64', 'Xeon 8488C', 2, 0.19152, 1.83, 1.97, 1.64, 1.84, 1.33],
  ['c7i-flex', 'x86_64', 'Xeon 8488C', 2, 0.16958, 1.85, 1.88, 1.71, 1.93, 1.37],
  ['m7a', 'x86_64', 'EPYC 9R14', 1, 0.23184, 1.87, 2.71, 1.6, 2.64, 2.22],
  ['c7a', 'x86_64', 'EPYC 9R14', 1, 0.20528, 1.91, 2.84, 1.6, 2.64, 2.25],
  ['r7a', 'x86_64', 'EPYC 9R14', 1, 0.3043, 1.91, 2.8, 1.6, 2.64, 2.32],
  ['m7g', 'arm64', 'Graviton3', 1, 0.1632, 1.42, 2.15, 0.86, 0.78, 1.74],
  ['c7g', 'arm64', 'Graviton3', 1, 0.145, 1.41, 2.13, 0.86, 0.78, 1.69],
  ['r7g', 'arm64', 'Graviton3', 1, 0.2142, 1.44, 2.15, 0.87, 0.79, 1.73],
  ['m8i', 'x86_64', 'Xeon 6975P-C', 2, 0.21168, 2.09, 2.2, 1.8, 2.0, 1.5],
  ['c8i', 'x86_64', 'Xeon 6975P-C', 2, 0.18742, 2.11, 2.24, 1.8, 2.01, 1.6],
  ['r8i', 'x86_64', 'Xeon 6975P-C', 2, 0.27784, 1.83, 1.94, 1.78, 1.98, 1.67],
  ['m8i-flex', 'x86_64', 'Xeon 6975P-C', 2, 0.2011, 2.1, 2.2, 1.81, 2.03, 1.68],
  ['c8i-flex', 'x86_64', 'Xeon 6975P-C', 2, 0.17804, 2.04, 2.16, 1.81, 2.02, 1.61],
  ['m8a', 'x86_64', 'EPYC 9R45', 1, 0.24344, 2.73, 3.97, 2.11, 3.4, 2.95],
  ['c8a', 'x86_64', 'EPYC 9R45', 1, 0.21554, 2.72, 3.95, 2.11, 3.41, 3.18],
  ['r8a', 'x86_64', 'EPYC 9R45', 1, 0.31952, 2.73, 3.95, 2.11, 3.39, 3.23],
  ['m8g', 'arm64', 'Graviton4', 1, 0.17952, 1.79, 2.63, 1.08, 0.99, 2.11],
  ['c8g', 'arm64', 'Graviton4', 1, 0.15952, 1.79, 2.62, 1.07, 0.96, 2.12],
  ['r8g', 'arm64', 'Graviton4', 1, 0.23564, 1.8, 2.54, 1.07, 0.99, 2.07],
];

/** CPUs without multithreading are offered down to one vCPU. */
export const FAMILIES: readonly Family[] = ROWS.map(
  ([family, architecture, cpu, threadsPerCore, usdPerHourXlarge, single, multi, passmark1, passmark, coremark]) => ({
    family,
    series: family[0] as Series,
    architecture,
    cpu,
    threadsPerCore,
    usdPerHourXlarge,
    factors: {
      gb6SingleThread: single,
      gb6Multi: multi,
      passmarkSingleThread: passmark1,
      passmarkMulti: passmark,
      coremark,
    },
    medium: threadsPerCore === 1 && family[0] !== 't',
  }),
);
