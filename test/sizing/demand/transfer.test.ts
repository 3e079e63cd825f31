import { loadCatalogue } from '../../../lib/sizing';
import { REFERENCE_KERNELS } from '../../../lib/sizing/demand/reference-cpu';
import { referenceOf, servers, threadSpeed, transfer } from '../../../lib/sizing/demand/transfer';
import { steadyProfile, typeNamed } from '../../../testing/sizing/examples';

const { types } = loadCatalogue('us-east-1');
const machine = (cpuModel: string, architecture: 'x86_64' | 'arm64' = 'x86_64') => ({
  ...steadyProfile(1).machine,
  cpuModel,
  architecture,
});

describe('the machine that was profiled', () => {
  test.each([
    ['AMD EPYC 9R14 96-Core Processor', 'EPYC 9R14'],
    ['Intel(R) Xeon(R) Platinum 8488C', 'Xeon 8488C'],
    ['Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', 'Xeon 8259CL'],
    ['Intel(R) Xeon(R) 6975P-C', 'Xeon 6975P-C'],
    ['Neoverse-V1', 'Graviton3'],
    ['Neoverse-N1', 'Graviton2'],
    ['Neoverse-V2', 'Graviton4'],
  ])('%s is recognised as %s', (cpuModel, cpu) => {
    expect(referenceOf(machine(cpuModel), 'scalar', types).cpu).toBe(cpu);
  });

  test.each([
    ['AMD EPYC', 'scalar', { treeMs: 2 * REFERENCE_KERNELS.treeMs, denseMs: 1 }, 2],
    ['Apple M3 Pro', 'tree', { treeMs: REFERENCE_KERNELS.treeMs / 1.3, denseMs: 1 }, 1 / 1.3],
    ['unknown', 'gemm', { treeMs: 1, denseMs: 3 * REFERENCE_KERNELS.denseMs }, 3],
  ] as const)(
    '%s is not in the catalogue and is as fast at %s as its kernel says',
    (cpuModel, kind, kernels, slower) => {
      const reference = referenceOf({ ...machine(cpuModel), kernels }, kind, types);
      expect(reference.cpu).toBeUndefined();
      expect(reference.speed).toBeCloseTo(referenceOf(machine('AMD EPYC 9R14'), kind, types).speed / slower, 10);
      expect(reference.assumption).toContain(cpuModel);
      expect(reference.assumption).toContain(`${slower.toFixed(2)} times as long as on EPYC 9R14`);
    },
  );
});

describe('CPU time on another processor', () => {
  test.each([
    ['AMD EPYC 9R14', 'x86_64', 'c7a.large', 1.13],
    ['AMD EPYC 9R14', 'x86_64', 'm6a.large', 1.27],
    ['AMD EPYC 9R14', 'x86_64', 'm7i.large', 1.27],
    ['AMD EPYC 9R14', 'x86_64', 'c7g.large', 1.38],
    ['Neoverse-V1', 'arm64', 'c8g.large', 1.27],
    ['Neoverse-V1', 'arm64', 'm7i.large', 1.38],
    ['AMD EPYC', 'x86_64', 'c7a.large', 1.27],
  ] as const)('from %s (%s) to %s is uncertain by %d', (cpuModel, architecture, name, uncertainty) => {
    const reference = referenceOf(machine(cpuModel, architecture), 'scalar', types);
    expect(transfer(reference, typeNamed(name), 'scalar').uncertainty).toBe(uncertainty);
  });

  test('is the ratio of speeds of one thread, by the class of arithmetic', () => {
    expect(threadSpeed(typeNamed('m5.xlarge'), 'scalar')).toBe(1);
    expect(threadSpeed(typeNamed('c7a.xlarge'), 'tree')).toBe(1.57);
    expect(threadSpeed(typeNamed('c7a.xlarge'), 'gemm')).toBe(2.03);
    expect(threadSpeed(typeNamed('t3.xlarge'), 'scalar')).toBe(0.82); // the processor of m5, shared with others
    const reference = referenceOf(machine('AMD EPYC 9R14'), 'scalar', types);
    expect(transfer(reference, typeNamed('m5.large'), 'scalar').factor).toBeCloseTo(1.57 * 1.27, 10);
  });

  test('is at least the ratio of bandwidths for a core that waits for its memory', () => {
    // a core of a Graviton3 has 3.9 to itself, one of a Xeon 8488C two vCPU of 0.93
    const graviton = referenceOf(machine('Neoverse-V1', 'arm64'), 'gemm', types);
    const onXeon = (memoryBound: boolean) =>
      transfer(graviton, typeNamed('c7i.xlarge'), 'gemm', { memoryBound }).factor;
    expect(onXeon(true)).toBeCloseTo((3.9 / 1.86) * 2.03, 10);
    expect(onXeon(false)).toBeCloseTo((1 / 1.94) * 2.03, 10);
    // where arithmetic is the slower part it stays so
    const epyc = referenceOf(machine('AMD EPYC 9R14'), 'gemm', types);
    expect(transfer(epyc, typeNamed('c8a.xlarge'), 'gemm', { memoryBound: true }).factor).toBeCloseTo(
      (2.03 / 2.79) * 1.57,
      10,
    );
  });

  test.each([
    ['c7a.xlarge', 'scalar', 4],
    ['m5.large', 'scalar', 1],
    ['m5.xlarge', 'scalar', 2],
    ['m5.2xlarge', 'scalar', 5],
    ['m5.2xlarge', 'gemm', 4],
    ['c7g.medium', 'gemm', 1],
  ] as const)('%s runs %s code in %d workers at full speed', (name, computeClass, expected) => {
    expect(servers(typeNamed(name), computeClass)).toBe(expected);
  });
});
