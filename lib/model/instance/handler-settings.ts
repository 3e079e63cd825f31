/** What the template tells the handler, in its environment (handler-environment.ts). Both sides read this file, so that a number exists once. */

import type { HandlerAccess } from '../stage/access';
import { MIB } from '../units';
import type { HandlerVersion } from './handler-versions';

/** Seconds the load balancer keeps an idle connection to a client or a target (ELB's own default). */
export const IDLE_TIMEOUT_SECONDS = 60;

/**
 * Seconds the handler keeps an idle connection. It must exceed the load balancer's idle timeout,
 * else the handler closes a connection that the load balancer is about to use, and the client gets a 502.
 */
export const KEEP_ALIVE_SECONDS = IDLE_TIMEOUT_SECONDS + 12;

/** Port on which the handler listens behind the load balancer. */
export const HANDLER_PORT = 8080;

/** Port on which a handler that is the shadow of others listens to them. */
export const SHADOW_PORT = 8081;

/** Event of the log by which it says each minute where: who gives it rows finds it by that. */
export const SHADOW_LISTENS = 'shadow listens';

/** Path of the load balancer's health check: ready means loaded, warm and golden rows hold. */
export const READY_PATH = '/readyz';

/** Good answers after which the load balancer takes an instance in. */
export const HEALTHY_PROBES = 2;

/** How often a load balancer was told that the instance predicts; answered on the instance alone. */
export const PROBES_PATH = '/probes';

/** Variable with the number of the open socket on which systemd listens to the handler. */
export const NOTIFY_VARIABLE = 'SLIPWAY_NOTIFY_SOCKET';

/**
 * Seconds in which a stopping handler finishes what it has begun. The target group's deregistration
 * delay is the same, and systemd waits a little longer before it kills.
 */
export const DRAIN_SECONDS = 30;

/**
 * Header by which a request asks to be given up after so many milliseconds, if that is sooner than `deadlineMs`. Envoy,
 * and so Istio and KServe, tell servers by it how long the request may take.
 */
export const DEADLINE_HEADER = 'x-envoy-expected-rq-timeout-ms';

/** No request may be waiting when a stopping handler has to be done. */
export const LONGEST_DEADLINE_MS = (DRAIN_SECONDS - 5) * 1000;

/** Most rows in one run: the fixed cost of a run (10 us) no longer counts, and its tensors are not too large. */
export const MOST_ROWS_PER_RUN = 1024;

/** Garbage that a worker lets gather in its heap before it searches all of it, MiB: four times what V8 would allow. */
export const GARBAGE_MIB = 32;

/** Longest body that `http/plain` reads itself; Node.js reads longer ones, which are also parsed in pieces. */
export const PLAIN_BODY_BYTES = 65_536;

/** Most rows that may wait in a worker, and so that one request may have. */
export const MOST_QUEUE_ROWS = 65_536;

/**
 * What evaluates a model: `auto` is the native engine where it can, else ONNX Runtime; `cuda` is ONNX Runtime on an NVIDIA
 * GPU. The other two are for comparisons.
 */
export const ENGINE_CHOICES = ['auto', 'native', 'onnxruntime', 'cuda'] as const;

export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export interface HandlerSettings {
  /** Folder of the model package: the default model, which routes without a name mean. */
  readonly model: string;
  /** Folders of further models, which are asked by their names. @default - none */
  readonly otherModels?: readonly string[];
  /** Versions of the model that are served side by side under its name, `model` among them. @default - there is one */
  readonly versions?: readonly HandlerVersion[];
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Processes that share the port. */
  readonly workers: number;
  /** Threads of the engine in each worker. */
  readonly threadsPerWorker: number;
  /**
   * Rows that a run may have in any case, however slow they are: what a plan counts on that joins requests. The handler
   * gives a run as many as take 0.75 ms, and more of a model of which further rows cost little; this is never less.
   *
   * @default 1
   */
  readonly rowsPerRun?: number;
  /** Rows that may wait in one worker; beyond it requests are answered 503 with Retry-After. */
  readonly queueRows: number;
  /** Bytes of bodies that are being read in one worker, and as many of rows that wait; beyond it 503 with Retry-After. */
  readonly queueBytes: number;
  /** Milliseconds after which a request that still waits is answered 504; one that would, 503 before its body is read. */
  readonly deadlineMs: number;
  /** Largest request body in bytes; beyond it 413. */
  readonly maximumBodyBytes: number;
  /** @default auto */
  readonly engine?: EngineChoice;
  /** Seconds that loading a model may take, or one run of it while it is tried. @default - 60, and more for a large file */
  readonly loadSeconds?: number;
  /** MiB that a process may take until its models have been tried. @default - 2 GiB, and 24 times the file, and no more than 80 % of the machine */
  readonly loadMiB?: number;
  /** Port of the admin listener, which loads and unloads models and answers this machine alone. @default - none */
  readonly adminPort?: number;
  /** Media type that `POST /invocations` answers to who accepts anything. @default JSON */
  readonly defaultAccept?: string;
  /** Name of the endpoint that it serves; with it, metrics for CloudWatch are written to the log. */
  readonly endpoint?: string;
  /** Path of the endpoint, e.g. `/titanic`, where a load balancer has others beside it: requests may begin with it. @default - none */
  readonly basePath?: string;
  /** What tells this release from others of the endpoint in those metrics. @default - they are not told apart */
  readonly release?: string;
  /** PEM files; with both the handler serves HTTPS itself. The load balancer does so on AWS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Whether the stages of each request are measured. @default true */
  readonly stages?: boolean;
  /** @default - anybody who reaches the endpoint may ask */
  readonly access?: HandlerAccess;
  /** Sites whose pages may call it from a browser, e.g. `https://app.example.com`, or `*`. @default - none but its own */
  readonly origins?: readonly string[];
  /** Whether there is a line in the log for each request although anybody may ask. @default false */
  readonly requestLog?: boolean;
  /** Whether `/metrics` is answered through a load balancer, too. @default false */
  readonly publicMetrics?: boolean;
  /** Whether EC2 may take the instance back: then it looks for notices. @default false */
  readonly spot?: boolean;
  /** A model that is run beside the default one, on some of its rows. @default - none */
  readonly shadow?: HandlerShadow;
  /** Port on which it listens to handlers whose shadow its model is. @default - it is the shadow of none */
  readonly shadowPort?: number;
  /** Models that are endpoints of their own, in place of the default one and what is said of it above. @default - there is one endpoint */
  readonly members?: readonly HandlerMember[];
}

/** One of several models of a handler that share nothing but its processes: it has all routes of an endpoint, and its own bounds. */
export interface HandlerMember {
  /** Folder of its package. */
  readonly model: string;
  /** Versions of it that are served side by side under its name, `model` among them. @default - there is one */
  readonly versions?: readonly HandlerVersion[];
  /** Name of its endpoint: label of its measurements, dimension of its metrics, and in its lines of the log. No other has it. */
  readonly endpoint: string;
  /** What its requests begin with, e.g. `/titanic`. @default - it has a name of its own */
  readonly basePath?: string;
  /** The name that its clients call. @default - it is told from others by its path */
  readonly host?: string;
  /** Rows of it that may wait in one worker. */
  readonly queueRows: number;
  /** Bytes of its rows that wait in one worker: the last that is let in may exceed them. @default - those of the handler */
  readonly queueBytes?: number;
  /** Its share of the processors, beside those of the others, while they want more than there is; above 0. */
  readonly weight: number;
  /** @default - that of the handler */
  readonly deadlineMs?: number;
  /** @default - that of the handler */
  readonly rowsPerRun?: number;
  /** @default - anybody who reaches the endpoint may ask */
  readonly access?: HandlerAccess;
  /** Sites whose pages may call it from a browser. @default - none but its own */
  readonly origins?: readonly string[];
  /** Whether its `/metrics`, which are those of all, is answered through a load balancer, too. @default false */
  readonly publicMetrics?: boolean;
}

/** A model that is run beside the default one, off the way of the answers. */
export interface HandlerShadow {
  /** Folder of its package. */
  readonly model: string;
  /** Share of the requests whose rows it is given, above 0 to 1. */
  readonly share: number;
  /** How far a number may be from the one that was served: of a probability in itself, else as a share of that one. */
  readonly tolerance: number;
  /** Whether rows that are answered most differently are logged with their values. @default false */
  readonly rowValues?: boolean;
  /**
   * File with a line `address:port` for each handler that is the shadow; of `model` only the manifest is read then.
   * @default - it runs in processes of this handler
   */
  readonly addresses?: string;
}

export const DEFAULT_SHADOW = { share: 0.1, tolerance: 0.01 } as const;

export const DEFAULT_HANDLER_SETTINGS = {
  port: HANDLER_PORT,
  host: '0.0.0.0',
  workers: 1,
  threadsPerWorker: 1,
  queueRows: 4096,
  queueBytes: 24 * MIB,
  deadlineMs: 10_000,
  maximumBodyBytes: 6 * MIB, // SageMaker's real-time payload limit, which clients already respect
} as const;

/** A process may be held up for so long, by whatever the machine does, even where no request may wait that long. */
const LEAST_SILENCE_MS = 5000;

/** Silence of an event loop, or time of one run, after which a process hangs: what waits longer than a request may has nothing to answer any more. */
export function hungMs({ deadlineMs }: Pick<HandlerSettings, 'deadlineMs'>): number {
  return Math.max(deadlineMs, LEAST_SILENCE_MS);
}
