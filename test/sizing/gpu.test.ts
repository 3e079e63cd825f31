import type { DenseWork } from '../../lib/model/package/profile';
import { planText } from '../../lib/report';
import { loadCatalogue, type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { gpuMemoryMiB, gpuMs } from '../../lib/sizing/judgement/gpu';
import { catalogueOf, manifestOf, serviceLevel, steadyProfile, typeNamed } from '../../testing/sizing/examples';

/** A hundred million parameters in single precision; 20 operators. */
const work: DenseWork = {
  precision: 'float32',
  operationsPerRow: 2e8,
  parameterBytes: 4e8,
  activationBytesPerRow: 1e5,
  nodes: 20,
  host: [
    { rows: 1, cpuMs: 0.1 },
    { rows: 64, cpuMs: 1.36 },
  ],
};

const T4 = typeNamed('g4dn.xlarge').gpu!;
const large = { computeClass: 'gemm', bytes: 400_000_000 } as const;

const planOf = (
  level: Partial<ServiceLevel>,
  { cpuMs = 20, dense = work as DenseWork | null, types = [] as string[] } = {},
) =>
  sizingPlan({
    profile: steadyProfile(cpuMs, {
      ...(dense && { dense }),
      memory: { baseMiB: 60, loadedMiB: 500, loadPeakMiB: 900, sharedMiB: 0 },
    }),
    manifest: manifestOf(large.computeClass, large.bytes),
    serviceLevel: serviceLevel(level),
    region: 'us-east-1',
    ...(types.length > 0 && { catalogue: catalogueOf(...types) }),
  });

describe('a request on a GPU takes', () => {
  test('as long as starting its operators, its arithmetic, and moving parameters and results', () => {
    // 0.1 ms there and back, 20 operators of 0.006 ms, (4e8 + 4 x 1e5) bytes at 160e6 bytes, 2e8 operations at 4.05e9 a millisecond
    expect(gpuMs(T4, work, 1)).toBeCloseTo(0.1 + 0.12 + 4.004e8 / 160e6 + 2e8 / 4.05e9, 9);
    expect(gpuMs(T4, work, 64)).toBeCloseTo(0.1 + 0.12 + 4.256e8 / 160e6 + (64 * 2e8) / 4.05e9, 9);
  });

  // the benchmarks of ELS-RD/transformer-deploy, commit 07b342e: ONNX Runtime on a T4, mean; those of 16 bits were fused by hand
  test.each([
    ['MiniLM L6', 6, 384, 12, 1, 16, 'float32', 1.31],
    ['MiniLM L6', 6, 384, 12, 1, 16, 'float16', 0.71],
    ['MiniLM L6', 6, 384, 12, 16, 384, 'float32', 65.12],
    ['MiniLM L6', 6, 384, 12, 16, 384, 'float16', 26.75],
    ['RoBERTa base', 12, 768, 12, 16, 384, 'float32', 353.81],
    ['RoBERTa base', 12, 768, 12, 16, 384, 'float16', 97.94],
    ['RoBERTa large', 24, 1024, 16, 16, 384, 'float32', 1176.73],
    ['RoBERTa large', 24, 1024, 16, 16, 384, 'float16', 295.03],
  ] as const)('what was published of it: %s, %d layers of %d, %d heads, %d texts of %d tokens, %s', (...published) => {
    const [, layers, width, heads, texts, tokens, precision, ms] = published;
    const bytes = precision === 'float16' ? 2 : 4;
    const transformer: DenseWork = {
      precision,
      operationsPerRow: layers * (2 * tokens * 12 * width ** 2 + 4 * tokens ** 2 * width),
      parameterBytes: bytes * layers * 12 * width ** 2,
      // queries, keys, values, their mixture, what goes out, the wide layer and what comes back; and the scores
      activationBytesPerRow: bytes * layers * (10 * tokens * width + heads * tokens ** 2),
      nodes: (precision === 'float16' ? 8 : 28) * layers,
      host: work.host,
    };
    const planned = gpuMs(T4, transformer, texts) / ms;
    expect(planned).toBeGreaterThan(0.75);
    expect(planned).toBeLessThan(1.15);
    expect(1.3 * planned).toBeGreaterThan(1); // with the uncertainty of a plan none is too short
  });

  test('32 times as long in double precision, which such GPUs have hardly any units for', () => {
    const double: DenseWork = { ...work, precision: 'float64' };
    const rest = 0.1 + 0.12 + 4.256e8 / 160e6; // which is the same for both
    expect((gpuMs(T4, double, 64) - rest) / (gpuMs(T4, work, 64) - rest)).toBeCloseTo(8.1 / 0.25, 6);
  });
});

test('its memory holds the parameters, the results of joined requests, and the context of CUDA', () => {
  const mib = 1024 * 1024;
  expect(gpuMemoryMiB(work, 64)).toBeCloseTo((1.05 * 4e8) / mib + (2 * 1e5 * 64 * 16) / mib + 1.3 * 1024, 6);
});

describe('the catalogue', () => {
  const names = loadCatalogue('us-east-1')
    .types.filter(({ gpu }) => gpu)
    .map(({ name }) => name);

  test('has the types with one GPU that ONNX Runtime can use', () => {
    expect(names).toEqual(
      expect.arrayContaining(['g4dn.xlarge', 'g5.2xlarge', 'g6.xlarge', 'gr6.4xlarge', 'g6e.xlarge', 'p5.4xlarge']),
    );
  });

  test.each([
    ['g4dn.12xlarge', 'has four'],
    ['g5g.xlarge', 'is arm64, for which there is no library'],
    ['inf2.xlarge', 'has another accelerator'],
    ['p4d.24xlarge', 'has eight'],
  ])('leaves out %s, which %s', (name) => {
    expect(names).not.toContain(name);
  });
});

describe('the plan', () => {
  test('for many rows a request is on GPUs, which do the arithmetic of dozens of cores', () => {
    const plan = planOf({ requestsPerSecond: 100, rowsPerRequest: 64, p99Ms: 100, availability: 'instance' });
    expect(plan.choice.instanceType).toMatch(/^g/);
    expect(plan).toMatchObject({
      engine: 'cuda',
      workersPerInstance: 1,
      gpu: {
        library: 'onnxruntime-gpu 1.30.0 (CUDA 13)',
        machineImage: '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id',
      },
      uncertainty: { factor: 1.3, reason: expect.stringContaining('nothing was measured on it') },
    });
    expect(plan.volumeGiB).toBe(76);
    expect(plan.memoryLimitMiB).toBeGreaterThan(1500); // model and CUDA's libraries
    expect(plan.healthCheckGraceSeconds).toBeGreaterThanOrEqual(300);
    const { withGpu, withoutGpu } = plan.gpuVerdict!;
    expect(withGpu!.instanceType).toBe(plan.choice.instanceType);
    if (withoutGpu) expect(withoutGpu.usdPerMonth).toBeGreaterThan(plan.cost.usdPerMonth);
    expect(planText(plan)).toMatch(/GPU {6}an NVIDIA (T4|A10G|L4)/);
  });

  test('for few single rows is on processors, and says what a GPU would cost', () => {
    const plan = planOf({ requestsPerSecond: 5, p99Ms: 200, availability: 'instance' });
    expect(plan.choice.instanceType).not.toMatch(/^g\d/);
    expect(plan.gpu).toBeUndefined();
    expect(plan.gpuVerdict!.withGpu!.usdPerMonth).toBeGreaterThan(2 * 0.5 * 730);
    expect(planText(plan).replace(/\s+/g, ' ')).toContain(
      'GPU none: processors are cheaper and fast enough; the cheapest fleet with one, 2 x g4dn.xlarge,',
    );
  });

  test('costs what its parts cost, worked out by hand', () => {
    const types = ['g4dn.xlarge'];
    const level = {
      requestsPerSecond: 50,
      rowsPerRequest: 64,
      p99Ms: 100,
      availability: 'single',
      bursts: 'none',
    } as const;
    const plan = planOf(level, { types });
    // HTTP 0.03 ms and 1.36 ms beside the engine, on a Xeon 8259CL in place of an EPYC 9R14; 1.3 for what is not known
    const [epyc, xeon] = [1.57, 1];
    const ms = 1.3 * ((0.03 + 1.36) * (epyc / xeon) + gpuMs(T4, work, 64));
    expect(plan.predicted.utilisation).toBeCloseTo((50 * ms) / 1000, 4);
    expect(plan.cost.lines[0]).toMatchObject({ item: '1 x g4dn.xlarge', usdPerMonth: 383.98 });
  });

  test('says when a model does not fit into the memory of a GPU', () => {
    const dense = { ...work, parameterBytes: 15e9 };
    const level = { requestsPerSecond: 10, rowsPerRequest: 1, p99Ms: 5000, availability: 'single' } as const;
    expect(() => planOf(level, { dense, types: ['g4dn.xlarge'] })).toThrow(
      expect.objectContaining({
        code: 'E_INFEASIBLE',
        message: expect.stringMatching(/g4dn\.xlarge, fails on memory of its T4: \d+ MiB needed, 14745 MiB usable/),
      }),
    );
  });

  test('searches no types with GPUs for a model that has nothing for them to do', () => {
    const plan = planOf({ requestsPerSecond: 5 }, { dense: null });
    expect(plan.gpuVerdict).toBeUndefined();
    const { types, leftOut } = plan.catalogue;
    const withGpus = planOf({ requestsPerSecond: 5 }).catalogue;
    expect(withGpus.types).toBeGreaterThan(types);
    expect(withGpus.types + withGpus.leftOut.accelerated).toBe(types + leftOut.accelerated);
  });

  test('with a GPU beats the limit only: a fleet costs at most what the same service level costs without', () => {
    for (const rowsPerRequest of [1, 8, 64]) {
      for (const requestsPerSecond of [1, 20, 200]) {
        const level = { requestsPerSecond, rowsPerRequest, p99Ms: 500, availability: 'instance' } as const;
        const { cost, gpuVerdict } = planOf(level);
        for (const one of [gpuVerdict!.withGpu, gpuVerdict!.withoutGpu]) {
          if (one) expect(cost.usdPerMonth).toBeLessThanOrEqual(one.usdPerMonth);
        }
      }
    }
  });
});
