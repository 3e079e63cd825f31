/** A sizing plan and a model package to build constructs from; numbers that are easy to find again in a template. */
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import type { SizingPlan } from '../../lib/sizing/plan/plan';
import { EXAMPLE_MODEL } from '../example';

export const exampleModel: ModelPackage = readModelPackage(EXAMPLE_MODEL);

const single: SizingPlan = {
  schemaVersion: 2,
  serviceLevel: { requestsPerSecond: 20, rowsPerRequest: 1, p99Ms: 100, availability: 'single' },
  region: 'eu-west-1',
  waysOut: [],
  frontDoors: [],
  catalogue: {
    capturedAt: '2026-11-01',
    priceRegion: 'eu-west-1',
    sha256: '0'.repeat(64),
    types: 1,
    leftOut: { accelerated: 0, withoutPrice: 0, withoutFactors: 0 },
  },
  modelSha256: exampleModel.manifest.model.sha256,
  engine: 'onnxruntime',
  choice: {
    instanceType: 't4g.small',
    architecture: 'arm64',
    vCpus: 2,
    memoryMiB: 2048,
    instances: 1,
    usdPerMonth: 40,
  },
  instances: { minimum: 1, desired: 1, maximum: 1 },
  zones: 1,
  networkZones: ['euw1-az1', 'euw1-az2', 'euw1-az3'],
  offeredIn: [],
  creditMode: 'unlimited',
  workersPerInstance: 2,
  threadsPerWorker: 1,
  requestsPerRun: 1,
  queueRows: 321,
  queueBytes: 25_000_000,
  deadlineMs: 1400,
  scalingTargetCpuPercent: 55,
  healthCheckGraceSeconds: 180,
  bootTimeoutSeconds: 600,
  bakeSeconds: 360,
  memoryLimitMiB: 1234,
  volumeGiB: 11,
  alarms: {
    cpuPercent: 81,
    memoryPercent: 82,
    diskPercent: 83,
    p99Ms: 140,
    predictedP99Ms: 28,
    serverErrorPercent: 2,
    errorBudgetPercent: 0.5,
    certificateDays: 30,
    surplusCreditsPerDay: 84,
  },
  predicted: { p99Ms: 12, utilisation: 0.2, memoryMiB: 600, maximumRequestsPerSecond: 90 },
  cost: { lines: [], usdPerMonth: 40, usdPerMillionPredictions: 0.8 },
  likely: { p99Ms: 11, utilisation: 0.2 },
  growth: { upToRequestsPerSecond: 90 },
  binding: 'the smallest type that holds the model',
  uncertainty: { factor: 1, reason: 'measured' },
  runnersUp: [],
  rejected: [],
};

/** One VM. */
export const singlePlan: SizingPlan = single;

/** A group of three over three zones, which may grow to six. */
const { creditMode: _burstable, ...steady } = single;
export const groupPlan: SizingPlan = {
  ...steady,
  serviceLevel: { ...single.serviceLevel, requestsPerSecond: 400, availability: 'zone' },
  choice: { ...single.choice, instanceType: 'c7i.large', architecture: 'x86_64', instances: 3 },
  instances: { minimum: 3, desired: 3, maximum: 6 },
  zones: 3,
};

/** The same with up to 8 requests of 3 rows in a run. */
const { scalingTargetCpuPercent: _, ...withoutCpu } = groupPlan;
const { cpuPercent: __, ...otherAlarms } = groupPlan.alarms;
export const joiningPlan: SizingPlan = {
  ...withoutCpu,
  serviceLevel: { ...groupPlan.serviceLevel, rowsPerRequest: 3 },
  requestsPerRun: 8,
  scalingTargetRequestsPerMinute: 12_345,
  alarms: { ...otherAlarms, requestsPerSecond: 740 },
};

/** The same group, on instances with a GPU. */
export const gpuPlan: SizingPlan = {
  ...groupPlan,
  choice: { ...groupPlan.choice, instanceType: 'g4dn.xlarge' },
  engine: 'cuda',
  gpu: {
    name: 'T4',
    memoryMiB: 16384,
    needMiB: 2000,
    library: 'onnxruntime-gpu 1.30.0 (CUDA 13)',
    machineImage: '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id',
  },
};
