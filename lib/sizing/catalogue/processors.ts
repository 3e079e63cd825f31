/**
 * The families of EC2 and their processors, one row each: facts typed in by hand, with their sources. How fast they are no
 * AWS API tells.
 *
 * CPU factors are single runs on the xlarge size (4 vCPU), m5.xlarge = 1.00. Geekbench 6, PassMark and bw_mem: Spare Cores
 * inspector data, 2024-11 to 2026-08; CoreMark: Vantage runs, 2025-12 to 2026-07. Sizes of one family differ by 2 to 9 %
 * (t3: 10 %).
 */

/**
 * Results of CPU benchmarks on the xlarge size (4 vCPU) of a family, relative to m5.xlarge. Plans are made with `gb6Multi` and
 * `passmarkMulti`; the others are kept as their sources have them, for whoever checks those two.
 */
export interface CpuFactors {
  readonly gb6SingleThread: number;
  /** All threads of the xlarge size together, as are the two below. */
  readonly gb6Multi: number;
  readonly passmarkSingleThread: number;
  readonly passmarkMulti: number;
  /** @default - nobody has run it there */
  readonly coremark?: number;
}

export const FACTOR_SOURCES = [
  'Spare Cores inspector data (Geekbench 6, PassMark, bw_mem), 2024-11 to 2026-08',
  'Vantage CoreMark runs, 2025-12 to 2026-07',
] as const;

export interface Processor {
  /** Short name, e.g. `EPYC 9R14`. */
  readonly cpu: string;
  readonly factors: CpuFactors;
  /** The family that was measured, when it is another one with the same processor. */
  readonly measuredOn?: string;
}

type FamilyRow = readonly [
  family: string,
  cpu: string,
  gb6SingleThread: number,
  gb6Multi: number,
  passmarkSingleThread: number,
  passmarkMulti: number,
  coremark?: number,
  /** USD per vCPU-hour over the baseline, of a burstable family that starts with unlimited credits: EC2 on-demand pricing, 2026-07. */
  creditUsdPerVcpuHour?: number,
];

const FAMILIES: readonly FamilyRow[] = [
  ['t3', 'Xeon 8259CL', 0.88, 0.88, 0.88, 0.96, 0.91, 0.05],
  ['t3a', 'EPYC 7571', 0.67, 0.74, 0.78, 0.91, 0.88, 0.05],
  ['t4g', 'Graviton2', 0.86, 1.35, 0.61, 0.67, 1.31, 0.04],
  ['m5', 'Xeon 8259CL', 1.0, 1.0, 1.0, 1.0, 1.0],
  ['m5a', 'EPYC 7571', 0.7, 0.78, 0.8, 0.92, 0.89],
  ['c5', 'Xeon 8124M', 1.12, 1.13, 1.16, 1.15, 1.23],
  ['c5a', 'EPYC 7R32', 1.28, 1.34, 1.18, 1.41, 1.16],
  ['r5', 'Xeon 8259CL', 0.99, 1.0, 1.0, 1.0, 0.99],
  ['m6i', 'Xeon 8375C', 1.52, 1.48, 1.3, 1.46, 1.13],
  ['c6i', 'Xeon 8375C', 1.55, 1.53, 1.31, 1.47, 1.19],
  ['r6i', 'Xeon 8375C', 1.54, 1.52, 1.3, 1.47, 1.12],
  ['m6a', 'EPYC 7R13', 1.58, 1.65, 1.46, 1.71, 1.36],
  ['c6a', 'EPYC 7R13', 1.56, 1.61, 1.45, 1.71, 1.46],
  ['r6a', 'EPYC 7R13', 1.61, 1.66, 1.46, 1.71, 1.34],
  ['m6g', 'Graviton2', 0.93, 1.43, 0.61, 0.67, 1.3],
  ['c6g', 'Graviton2', 0.93, 1.45, 0.61, 0.68, 1.34],
  ['r6g', 'Graviton2', 0.91, 1.4, 0.61, 0.68, 1.34],
  ['m7i', 'Xeon 8488C', 1.95, 2.0, 1.69, 1.91, 1.51],
  ['c7i', 'Xeon 8488C', 1.78, 1.79, 1.64, 1.82, 1.65],
  ['r7i', 'Xeon 8488C', 1.77, 1.79, 1.7, 1.92, 1.61],
  ['m7i-flex', 'Xeon 8488C', 1.83, 1.97, 1.64, 1.84, 1.33],
  ['c7i-flex', 'Xeon 8488C', 1.85, 1.88, 1.71, 1.93, 1.37],
  ['m7a', 'EPYC 9R14', 1.87, 2.71, 1.6, 2.64, 2.22],
  ['c7a', 'EPYC 9R14', 1.91, 2.84, 1.6, 2.64, 2.25],
  ['r7a', 'EPYC 9R14', 1.91, 2.8, 1.6, 2.64, 2.32],
  ['m7g', 'Graviton3', 1.42, 2.15, 0.86, 0.78, 1.74],
  ['c7g', 'Graviton3', 1.41, 2.13, 0.86, 0.78, 1.69],
  ['r7g', 'Graviton3', 1.44, 2.15, 0.87, 0.79, 1.73],
  ['m8i', 'Xeon 6975P-C', 2.09, 2.2, 1.8, 2.0, 1.5],
  ['c8i', 'Xeon 6975P-C', 2.11, 2.24, 1.8, 2.01, 1.6],
  ['r8i', 'Xeon 6975P-C', 1.83, 1.94, 1.78, 1.98, 1.67],
  ['m8i-flex', 'Xeon 6975P-C', 2.1, 2.2, 1.81, 2.03, 1.68],
  ['c8i-flex', 'Xeon 6975P-C', 2.04, 2.16, 1.81, 2.02, 1.61],
  ['m8a', 'EPYC 9R45', 2.73, 3.97, 2.11, 3.4, 2.95],
  ['c8a', 'EPYC 9R45', 2.72, 3.95, 2.11, 3.41, 3.18],
  ['r8a', 'EPYC 9R45', 2.73, 3.95, 2.11, 3.39, 3.23],
  ['m8g', 'Graviton4', 1.79, 2.63, 1.08, 0.99, 2.11],
  ['c8g', 'Graviton4', 1.79, 2.62, 1.07, 0.96, 2.12],
  ['r8g', 'Graviton4', 1.8, 2.54, 1.07, 0.99, 2.07],
  ['m5zn', 'Xeon 8252C', 1.48, 1.48, 1.45, 1.42],
  ['z1d', 'Xeon 8151', 1.27, 1.27, 1.29, 1.29],
  ['r7iz', 'Xeon 6455B', 2.12, 2.16, 1.74, 1.99],
  ['i4i', 'Xeon 8375C', 1.54, 1.52, 1.31, 1.48],
  ['i7i', 'Xeon 8559C', 2.22, 2.27, 1.78, 2.02],
  ['i7ie', 'Xeon 8559C', 2.24, 2.29, 1.78, 2.03],
  ['x2iedn', 'Xeon 8375C', 1.59, 1.54, 1.31, 1.47],
  ['r8i-flex', 'Xeon 6975P-C', 2.03, 2.15, 1.81, 2.02],
  ['x8i', 'Xeon 6975P-C', 2.09, 2.21, 1.81, 2.02],
  ['m8azn', 'EPYC 9R05', 3.01, 4.42, 2.35, 3.78],
  ['x8aedz', 'EPYC 9R05', 2.98, 4.31, 2.34, 3.77],
  ['x2gd', 'Graviton2', 0.9, 1.38, 0.61, 0.68],
  ['im4gn', 'Graviton2', 0.9, 1.42, 0.61, 0.67],
  ['c7gn', 'Graviton3E', 1.47, 2.24, 0.86, 0.79],
  ['i8g', 'Graviton4', 1.8, 2.63, 1.07, 0.99],
  ['x8g', 'Graviton4', 1.79, 2.61, 1.07, 0.99],
  // Geekbench 6 was not run on it: m8g's, times PassMark of one thread, the least of what was (redis 1.3, web 1.8 times)
  ['m9g', 'Graviton5', 2.25, 3.31, 1.36, 1.41],
];

interface ProcessorRow {
  /**
   * Bandwidth to memory of a vCPU when all of them read, relative to the Xeon 8259CL of m5: runs of bw_mem on the xlarge size
   * (Spare Cores inspector data); of families that differ the lowest.
   */
  readonly memoryBandwidth: number;
  /** How operating systems name it, where not by the last word of its name: Graviton shows the name of Arm's core. */
  readonly alias?: RegExp;
}

/** By the names of the table above. One may be missing. */
const PROCESSORS: Readonly<Record<string, ProcessorRow>> = {
  'Xeon 8259CL': { memoryBandwidth: 0.94 },
  'Xeon 8124M': { memoryBandwidth: 1 },
  'Xeon 8375C': { memoryBandwidth: 1.1 },
  'Xeon 8488C': { memoryBandwidth: 0.93 },
  'Xeon 6975P-C': { memoryBandwidth: 1.5 },
  'EPYC 7571': { memoryBandwidth: 0.92 },
  'EPYC 7R13': { memoryBandwidth: 1.4 },
  'EPYC 9R14': { memoryBandwidth: 1.3 },
  'EPYC 9R45': { memoryBandwidth: 2 },
  'EPYC 9R05': { memoryBandwidth: 3.8 },
  'Xeon 8252C': { memoryBandwidth: 1.1 },
  'Xeon 8151': { memoryBandwidth: 1.06 },
  'Xeon 6455B': { memoryBandwidth: 1.38 },
  'Xeon 8559C': { memoryBandwidth: 1.29 },
  Graviton2: { memoryBandwidth: 2.5, alias: /Neoverse[- ]N1/i },
  Graviton3: { memoryBandwidth: 3.9, alias: /Neoverse[- ]V1/i },
  Graviton3E: { memoryBandwidth: 4.1 },
  Graviton4: { memoryBandwidth: 3.7, alias: /Neoverse[- ]V2/i },
  Graviton5: { memoryBandwidth: 4.6, alias: /Neoverse[- ]V3/i },
};

const MEASURED: ReadonlyMap<string, Processor> = new Map(
  FAMILIES.map(([family, cpu, gb6SingleThread, gb6Multi, passmarkSingleThread, passmarkMulti, coremark]) => [
    family,
    {
      cpu,
      factors: {
        gb6SingleThread,
        gb6Multi,
        passmarkSingleThread,
        passmarkMulti,
        ...(coremark !== undefined && { coremark }),
      },
    },
  ]),
);

/**
 * Families that carry the processor of their plain sibling and differ in disks (d), network (n) or volumes (b) alone, e.g.
 * `m6id`, `r5dn`, `c8gb`. Not so `z`, which is clocked higher.
 */
const VARIANT = /^([cmr])([5-9])([agi]?)(?:[dnb]{1,2}|ne)$/;

/** Families that carry the processor of another series. */
const SAME_PROCESSOR: Readonly<Record<string, string>> = {
  c9g: 'm9g',
  c9gd: 'm9g',
  i8ge: 'i8g',
  is4gen: 'im4gn',
  i4g: 'im4gn',
  x2idn: 'x2iedn',
};

/** Families with GPUs, and a family with the processor that AWS names for them (EC2 instance types, accelerated computing). */
const GPU_HOSTS: Readonly<Record<string, string>> = {
  g4dn: 'm5',
  g5: 'c5a',
  g6: 'm6a',
  gr6: 'm6a',
  g6e: 'm6a',
  p5: 'm6a',
};

/** Of one vCPU, relative to others; undefined when it was not measured. */
export const memoryBandwidth = (cpu: string): number | undefined => PROCESSORS[cpu]?.memoryBandwidth;

/**
 * The catalogue's name of a processor.
 *
 * @param name as its operating system has it
 * @param known names of the catalogue
 */
export function processorNamed(name: string, known: readonly string[]): string | undefined {
  return (
    known.find((cpu) => PROCESSORS[cpu]?.alias?.test(name)) ??
    known.find((cpu) => name.includes(cpu.split(' ').at(-1)!))
  );
}

/** Vendors of processors, by a word of the catalogue's name or of the operating system's. */
const VENDORS = [
  ['AMD', /EPYC|AMD|Ryzen/i],
  ['Intel', /Xeon|Intel/i],
  ['AWS', /Graviton|Neoverse/i],
] as const;

export const vendorOf = (name: string) => VENDORS.find(([, pattern]) => pattern.test(name))?.[0];

/** The processor of an instance family, or undefined when nothing is known of its speed. */
export function processorOf(family: string): Processor | undefined {
  const measured = MEASURED.get(family);
  if (measured) return measured;
  const sibling = siblingOf(family);
  const processor = sibling === undefined ? undefined : MEASURED.get(sibling);
  return processor && { ...processor, measuredOn: sibling! };
}

/** The family whose processor a family has, where that is known. */
function siblingOf(family: string): string | undefined {
  const other = SAME_PROCESSOR[family] ?? GPU_HOSTS[family];
  if (other !== undefined) return other;
  const [, series, generation, vendor] = VARIANT.exec(family) ?? [];
  return series === undefined ? undefined : `${series}${generation}${vendor}`;
}

const row = (family: string) => FAMILIES.find(([name]) => name === family);

/** Whether a family has a row: its speed was measured. */
export const isMeasured = (family: string): boolean => MEASURED.has(family);

/** USD per vCPU-hour over the baseline of a family whose credits are unlimited from the start. */
export const creditUsdPerVcpuHour = (family: string): number | undefined => row(family)?.[7];

/** `m7i-flex` of `m7i-flex.large`. */
export const familyOf = (type: string) => type.slice(0, type.indexOf('.'));
