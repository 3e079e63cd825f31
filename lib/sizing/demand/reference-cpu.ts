/**
 * The reference kernels of lib/profiling/kernels.ts on the catalogue's reference processor, EPYC 9R14 (Zen 4): what a
 * machine that the catalogue does not know is compared with.
 *
 * Cycles, 2026-11-24, `npx tsx bench/sizing/reference-kernels.ts` on a Zen 4 server (CPUID family 25, model 17), Node.js
 * 20.20.2, three runs: tree 7.03 to 7.20 million, dense 1.67 to 1.76 million. The clock: 3.7 GHz, which AWS gives for the
 * 9R14 with all cores busy, and which was measured there too (3.58 to 3.69 GHz).
 */
export const REFERENCE_CPU = 'EPYC 9R14';

const GHZ = 3.7;

export const REFERENCE_KERNELS = { treeMs: 7.05 / GHZ, denseMs: 1.68 / GHZ } as const;
