/**
 * The families of EC2 and their processors, one row each: facts typed in by hand, with their sources. How fast they are no
 * AWS API tells.
 */

/**
 * Speeds of one thread alone on its core, that of m5 being 1: what fits public benchmarks best, those of the class.
 * `testing/sizing/public-benchmarks.csv` has their results and sources, a test holds these numbers to them, and `npm run
 * bench:sizing` prints how far off they are for a benchmark that was left out.
 */
export interface Speed {
  /** Code that branches and follows pointers: parsers, trees, searches, compression. */
  readonly scalar: number;
  /** Products of matrices, and networks. */
  readonly dense: number;
}

export const SPEED_SOURCES = [
  'Spare Cores inspector data (Geekbench 6, PassMark, text compression, stress-ng, llama.cpp, bw_mem), 2024-06 to 2026-08',
  'CloudBank HPL runs, read 2026-11',
] as const;

export interface Processor {
  /** Short name, e.g. `EPYC 9R14`. */
  readonly cpu: string;
  readonly speed: Speed;
  /** Its units for products of small matrices, which no speed counts. @default - none */
  readonly matrixUnits?: string;
  /** The family that was measured, when it is another one with the same processor. */
  readonly measuredOn?: string;
}

type FamilyRow = readonly [
  family: string,
  cpu: string,
  /** USD per vCPU-hour over the baseline, of a burstable family that starts with unlimited credits: EC2 on-demand pricing, 2026-07. */
  creditUsdPerVcpuHour?: number,
];

const FAMILIES: readonly FamilyRow[] = [
  ['t3', 'Xeon 8259CL', 0.05],
  ['t3a', 'EPYC 7571', 0.05],
  ['t4g', 'Graviton2', 0.04],
  ['m5', 'Xeon 8259CL'],
  ['m5a', 'EPYC 7571'],
  ['c5', 'Xeon 8124M'],
  ['c5a', 'EPYC 7R32'],
  ['r5', 'Xeon 8259CL'],
  ['m6i', 'Xeon 8375C'],
  ['c6i', 'Xeon 8375C'],
  ['r6i', 'Xeon 8375C'],
  ['m6a', 'EPYC 7R13'],
  ['c6a', 'EPYC 7R13'],
  ['r6a', 'EPYC 7R13'],
  ['m6g', 'Graviton2'],
  ['c6g', 'Graviton2'],
  ['r6g', 'Graviton2'],
  ['m7i', 'Xeon 8488C'],
  ['c7i', 'Xeon 8488C'],
  ['r7i', 'Xeon 8488C'],
  ['m7i-flex', 'Xeon 8488C'],
  ['c7i-flex', 'Xeon 8488C'],
  ['m7a', 'EPYC 9R14'],
  ['c7a', 'EPYC 9R14'],
  ['r7a', 'EPYC 9R14'],
  ['m7g', 'Graviton3'],
  ['c7g', 'Graviton3'],
  ['r7g', 'Graviton3'],
  ['m8i', 'Xeon 6975P-C'],
  ['c8i', 'Xeon 6975P-C'],
  ['r8i', 'Xeon 6975P-C'],
  ['m8i-flex', 'Xeon 6975P-C'],
  ['c8i-flex', 'Xeon 6975P-C'],
  ['m8a', 'EPYC 9R45'],
  ['c8a', 'EPYC 9R45'],
  ['r8a', 'EPYC 9R45'],
  ['m8g', 'Graviton4'],
  ['c8g', 'Graviton4'],
  ['r8g', 'Graviton4'],
  ['m5zn', 'Xeon 8252C'],
  ['z1d', 'Xeon 8151'],
  ['r7iz', 'Xeon 6455B'],
  ['i4i', 'Xeon 8375C'],
  ['i7i', 'Xeon 8559C'],
  ['i7ie', 'Xeon 8559C'],
  ['x2iedn', 'Xeon 8375C'],
  ['r8i-flex', 'Xeon 6975P-C'],
  ['x8i', 'Xeon 6975P-C'],
  ['m8azn', 'EPYC 9R05'],
  ['x8aedz', 'EPYC 9R05'],
  ['x2gd', 'Graviton2'],
  ['im4gn', 'Graviton2'],
  ['c7gn', 'Graviton3E'],
  ['i8g', 'Graviton4'],
  ['x8g', 'Graviton4'],
  ['m9g', 'Graviton5'],
];

interface ProcessorRow extends Speed {
  /**
   * Bandwidth to memory of a vCPU when all of them read, relative to the Xeon 8259CL of m5: runs of bw_mem on the xlarge size
   * (Spare Cores inspector data); of families that differ the lowest.
   */
  readonly memoryBandwidth?: number;
  /** Flags `amx_*` and `i8mm` of lscpu (Spare Cores inspector data). */
  readonly matrixUnits?: string;
  /** How operating systems name it, where not by the last word of its name: Graviton shows the name of Arm's core. */
  readonly alias?: RegExp;
}

const AMX = 'AMX';
const ARM_MATRIX = 'SMMLA and BFMMLA';

/** By the names of the table above. */
const PROCESSORS: Readonly<Record<string, ProcessorRow>> = {
  'Xeon 8259CL': { scalar: 1, dense: 1, memoryBandwidth: 0.94 },
  'EPYC 7571': { scalar: 0.78, dense: 0.6, memoryBandwidth: 0.92 },
  Graviton2: { scalar: 0.88, dense: 0.68, memoryBandwidth: 2.5, alias: /Neoverse[- ]N1/i },
  'Xeon 8124M': { scalar: 1.11, dense: 1.16, memoryBandwidth: 1 },
  'EPYC 7R32': { scalar: 1.17, dense: 1.41 },
  'Xeon 8375C': { scalar: 1.3, dense: 1.39, memoryBandwidth: 1.1 },
  'EPYC 7R13': { scalar: 1.43, dense: 1.74, memoryBandwidth: 1.4 },
  'Xeon 8488C': { scalar: 1.45, dense: 1.94, memoryBandwidth: 0.93, matrixUnits: AMX },
  'EPYC 9R14': { scalar: 1.57, dense: 2.03, memoryBandwidth: 1.3 },
  Graviton3: { scalar: 1.21, dense: 1, memoryBandwidth: 3.9, matrixUnits: ARM_MATRIX, alias: /Neoverse[- ]V1/i },
  'Xeon 6975P-C': { scalar: 1.59, dense: 2.13, memoryBandwidth: 1.5, matrixUnits: AMX },
  'EPYC 9R45': { scalar: 2.08, dense: 2.79, memoryBandwidth: 2 },
  Graviton4: { scalar: 1.54, dense: 1.1, memoryBandwidth: 3.7, matrixUnits: ARM_MATRIX, alias: /Neoverse[- ]V2/i },
  'Xeon 8252C': { scalar: 1.43, dense: 1.48, memoryBandwidth: 1.1 },
  'Xeon 8151': { scalar: 1.29, dense: 1.32, memoryBandwidth: 1.06 },
  'Xeon 6455B': { scalar: 1.7, dense: 2.1, memoryBandwidth: 1.38, matrixUnits: AMX },
  'Xeon 8559C': { scalar: 1.66, dense: 2.13, memoryBandwidth: 1.29, matrixUnits: AMX },
  'EPYC 9R05': { scalar: 2.25, dense: 3.08, memoryBandwidth: 3.8 },
  Graviton3E: { scalar: 1.22, dense: 1.08, memoryBandwidth: 4.1, matrixUnits: ARM_MATRIX },
  Graviton5: { scalar: 1.8, dense: 1.26, memoryBandwidth: 4.6, matrixUnits: ARM_MATRIX, alias: /Neoverse[- ]V3/i },
};

/** Burstable families share their cores with other instances: they are slower than their processors. */
const BURSTABLE: Readonly<Record<string, Speed>> = {
  t3: { scalar: 0.82, dense: 0.86 },
  t3a: { scalar: 0.74, dense: 0.59 },
  t4g: { scalar: 0.8, dense: 0.67 },
};

const MEASURED: ReadonlyMap<string, Processor> = new Map(
  FAMILIES.map(([family, cpu]) => {
    const { matrixUnits, ...processor } = PROCESSORS[cpu]!;
    const { scalar, dense } = BURSTABLE[family] ?? processor;
    return [family, { cpu, speed: { scalar, dense }, ...(matrixUnits && { matrixUnits }) }];
  }),
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

/** Whether a family is known by name: its speed was measured, or what its GPU does. Such types stay when AWS has newer ones. */
export const isKnown = (family: string): boolean => MEASURED.has(family) || family in GPU_HOSTS;

/** USD per vCPU-hour over the baseline of a family whose credits are unlimited from the start. */
export const creditUsdPerVcpuHour = (family: string): number | undefined =>
  FAMILIES.find(([name]) => name === family)?.[2];

/** `m7i-flex` of `m7i-flex.large`. */
export const familyOf = (type: string) => type.slice(0, type.indexOf('.'));
