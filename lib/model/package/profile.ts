/** The compute profile: what serving one request costs, measured on one machine. */
import * as z from 'zod'; // its parts, not all of it: the bundle holds what is used
import { ENGINE_KINDS, type EngineKind, engineKindOf } from './engine-kind';

export const PROFILE_VERSION = 3;

/**
 * Who else may have the processors: other machines of the host (a virtual machine, a burstable instance), nobody (an instance
 * with processors of its own), or nobody knows.
 */
export const HOST_KINDS = ['shared', 'dedicated', 'unknown'] as const;
export type HostKind = (typeof HOST_KINDS)[number];

/** Cost of one run of the engine with `rows` rows, including the encoding of the request and of the answer. */
export interface BatchCost {
  readonly rows: number;
  readonly samples: number;
  /** Mean CPU time of one run, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** Relative range of the measuring windows that count, 0.1 = 10 %. @default - that of the machine: of profiles made before it */
  readonly spread?: number | undefined;
  /** Wall time of one run in milliseconds at evenly spaced quantiles, from 0 to 1, ascending. */
  readonly wallMsQuantiles: readonly number[];
}

/** What HTTP adds to a request of `rows` rows. */
export interface HttpCost {
  /** 0: a request that is no prediction. */
  readonly rows: number;
  /**
   * CPU time of the handler beyond that of the batch, milliseconds: kernel, sockets, head, telemetry, cold caches; while it is
   * busy for `LOADS.busy` of the time.
   */
  readonly cpuMs: number;
  /** By how much another measurement of the whole request at this load may differ, 0.1 = 10 %. @default - that of the machine */
  readonly spread?: number | undefined;
  /**
   * The same at `LOADS.light`, which is more.
   * @default - it was not measured: of the request without rows, and of profiles that were made before it
   */
  readonly lightCpuMs?: number | undefined;
  readonly lightSpread?: number | undefined;
}

/**
 * Shares of the time for which the handler is busy while HTTP is measured. Busy: as much as a plan allows a single VM, and no
 * less than others have at their peak. Light: as the smallest burstable instances are, which are billed by their CPU time.
 */
export const LOADS = { busy: 0.6, light: 0.1 } as const;

/** The same request with more threads for a run of the engine. */
export interface ThreadCost {
  readonly threads: number;
  readonly rows: number;
  /** Mean CPU time of one run, all threads together, in milliseconds. */
  readonly cpuMs: number;
  /** Median wall time of one run in milliseconds. */
  readonly wallMs: number;
}

/** What a model of matrix products would ask of a GPU; seen in the model, not measured on one. */
export interface DenseWork {
  /** Of the parameters of its matrix products. */
  readonly precision: 'float16' | 'float32' | 'float64';
  /** Multiplications and additions in matrix products, for one row. */
  readonly operationsPerRow: number;
  /** All parameters, which are read once a run. */
  readonly parameterBytes: number;
  /** Results of the matrix products, for one row. */
  readonly activationBytesPerRow: number;
  /** Operators of the graph as ONNX Runtime runs it, those that it fuses counted as one; each is started on its own. */
  readonly nodes: number;
  /** CPU time of a request without the engine: parsing, encoding, the answer. Ascending by rows. */
  readonly host: readonly { readonly rows: number; readonly cpuMs: number }[];
}

export interface ComputeProfile {
  readonly schemaVersion: typeof PROFILE_VERSION;
  /** SHA-256 of the `model.onnx` that was measured; a profile of another model is refused. */
  readonly modelSha256: string;
  readonly machine: {
    /** As the operating system names it, e.g. `AMD EPYC 9R14`. */
    readonly cpuModel: string;
    readonly architecture: 'x86_64' | 'arm64';
    readonly vCpus: number;
    readonly node: string;
    /** Name and version, for people. */
    readonly engine: string;
    readonly engineKind: EngineKind;
    /** Times of the reference kernels on this machine, milliseconds, one for each kind of arithmetic; they relate it to others. */
    readonly kernels: { readonly treeMs: number; readonly denseMs: number };
    /** The largest `spread` of batches and HTTP, 0.1 = 10 %. */
    readonly spread: number;
    /** @default unknown: of profiles that were made before it */
    readonly host?: HostKind | undefined;
    /** What else the machine did meanwhile. @default - nobody looked: of profiles that were made before it */
    readonly disturbance?:
      | {
          /** Share of the time of all processors that went into other programs. */
          readonly others: number;
          /** Share of it that the hypervisor gave to other machines. */
          readonly stolen: number;
          /** Times that the measuring process had to leave a processor, in a second of its CPU time. */
          readonly switchesPerSecond: number;
        }
      | undefined;
  };
  readonly batches: readonly BatchCost[];
  /** Without rows, and of the smallest, a middle and the largest batch, while the handler is busy. Ascending by rows. */
  readonly http: readonly HttpCost[];
  /** With 1, 2, 4 ... threads, for the smallest and the largest batch; with 1 alone where more do not help. */
  readonly threads: readonly ThreadCost[];
  /** Memory of the handler's processes, MiB. */
  readonly memory: {
    /** The process above the workers, which has no model. */
    readonly baseMiB: number;
    /** A worker that has served requests for a while. */
    readonly loadedMiB: number;
    /** Its highest until it was ready. */
    readonly loadPeakMiB: number;
    /** Part of `loadedMiB` that several workers have in common: code and files that are mapped. */
    readonly sharedMiB: number;
  };
  /** From the start of the handler until it is ready: loaded, warm, golden rows hold; milliseconds. */
  readonly startMs: number;
  /** Of these, from opening the model file on. */
  readonly loadMs: number;
  /** Bytes of one row in a JSON request and in its answer. */
  readonly bytesPerRow: { readonly request: number; readonly answer: number };
  /** Only of a model whose time goes into matrix products. */
  readonly dense?: DenseWork;
}

const positive = z.number().positive();
const count = z.number().int().positive();

/** Whether no value is less than the one before it; a profile that was edited by hand, or joined from two, may have such. */
const ascends = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]!);
const distinct = (values: readonly number[]) => new Set(values).size === values.length;

export const profileSchema: z.ZodType<ComputeProfile> = z.strictObject({
  schemaVersion: z.literal(PROFILE_VERSION),
  modelSha256: z.string().regex(/^[0-9a-f]{64}$/),
  machine: z
    .strictObject({
      cpuModel: z.string(),
      architecture: z.enum(['x86_64', 'arm64']),
      vCpus: count,
      node: z.string(),
      engine: z.string(),
      engineKind: z.enum(ENGINE_KINDS).optional(), // profiles that were made before it have the name alone
      kernels: z.strictObject({ treeMs: positive, denseMs: positive }),
      spread: z.number().nonnegative(),
      host: z.enum(HOST_KINDS).optional(),
      disturbance: z
        .strictObject({
          others: z.number().min(0).max(1),
          stolen: z.number().min(0).max(1),
          switchesPerSecond: z.number().nonnegative(),
        })
        .optional(),
    })
    .transform((machine) => ({ ...machine, engineKind: machine.engineKind ?? engineKindOf(machine.engine) })),
  batches: z
    .array(
      z.strictObject({
        rows: count,
        samples: count,
        cpuMs: positive,
        spread: z.number().nonnegative().optional(),
        wallMsQuantiles: z.array(positive).min(2).refine(ascends, 'must ascend'),
      }),
    )
    .min(1)
    .refine((batches) => distinct(batches.map(({ rows }) => rows)), 'must have each number of rows once'),
  http: z
    .array(
      z.strictObject({
        rows: z.number().int().nonnegative(),
        cpuMs: positive,
        spread: z.number().nonnegative().optional(),
        lightCpuMs: positive.optional(),
        lightSpread: z.number().nonnegative().optional(),
      }),
    )
    .min(2)
    .refine(
      (costs) => costs.every(({ rows }, i) => (i === 0 ? rows === 0 : rows > costs[i - 1]!.rows)),
      'must ascend from 0 rows',
    ),
  threads: z
    .array(
      z.strictObject({
        threads: count,
        rows: count,
        cpuMs: positive,
        wallMs: positive,
      }),
    )
    .min(1),
  memory: z
    .strictObject({
      baseMiB: positive,
      loadedMiB: positive,
      loadPeakMiB: positive,
      sharedMiB: z.number().nonnegative(),
    })
    .refine(
      ({ sharedMiB, loadedMiB }) => sharedMiB <= loadedMiB,
      'has more sharedMiB than loadedMiB, of which it is a part',
    ),
  startMs: positive,
  loadMs: positive,
  bytesPerRow: z.strictObject({ request: positive, answer: positive }),
  dense: z
    .strictObject({
      precision: z.enum(['float16', 'float32', 'float64']),
      operationsPerRow: positive,
      parameterBytes: positive,
      activationBytesPerRow: positive,
      nodes: count,
      host: z.array(z.strictObject({ rows: count, cpuMs: positive })).min(1),
    })
    .optional(),
});
