/** How long an instance takes until it can answer: boot, the model on its way to the volume and from there, the load. */
import type { Candidacy } from './candidacy';

/** Kernel, agents and downloads other than the model's, seconds. */
const BOOT_SECONDS = 150;
/** The image for GPUs is ten times as large, and its driver has to come up. */
const GPU_BOOT_SECONDS = 300;
/** What a download from S3 to a root volume brings at least, when neither network nor volume is narrower. */
const DOWNLOAD_MB_PER_SECOND = 50;
/** A gp3 volume as the stacks make it. */
const VOLUME_MB_PER_SECOND = 125;
/** A first start on a cold volume takes longer than the one that was measured. */
const COLD_START = 4;

/**
 * From a stop until services run: what is on the volume is not fetched again. Measured starts of stopped instances take four
 * fifths of a launch, 21 of 26 s (github.com/brevdev/ec2-coldboot-research, read 2026-11); this leaves room as that of a launch does.
 */
const RESTART_SECONDS = 60;
/** The driver of a GPU comes up as slowly as after a launch. */
const GPU_RESTART_SECONDS = 180;

/** Beyond it a lost instance is not replaced in a time that anyone would call recovery. */
export const LONGEST_START_SECONDS = 1800;

type Starting = Pick<Candidacy, 'demand' | 'type' | 'transfer'>;

const networkMBps = ({ networkGbps }: Starting['type']) => (networkGbps * 1000) / 8;

/** A type without bandwidth of its own for volumes shares the network's. */
const volumeMBps = (type: Starting['type']) =>
  Math.min(VOLUME_MB_PER_SECOND, type.ebsMBps > 0 ? type.ebsMBps : networkMBps(type) / 2);

/** The model from the volume, until it answers. */
const loadSeconds = ({ demand, type, transfer }: Starting) =>
  demand.modelBytes / 1e6 / volumeMBps(type) + (COLD_START * transfer.factor * demand.startMs) / 1000;

/** Seconds from launch to the first answer. */
export function startSeconds(starting: Starting): number {
  const { demand, type } = starting;
  const download = demand.modelBytes / 1e6 / Math.min(DOWNLOAD_MB_PER_SECOND, networkMBps(type), volumeMBps(type));
  return (type.gpu ? GPU_BOOT_SECONDS : BOOT_SECONDS) + download + loadSeconds(starting);
}

/** The same of an instance that was launched before, and stopped when it was ready. */
export const restartSeconds = (starting: Starting) =>
  (starting.type.gpu ? GPU_RESTART_SECONDS : RESTART_SECONDS) + loadSeconds(starting);

/** By which a group grows: it starts the instances of its warm pool, where it has one. */
export const growthStartSeconds = (starting: Starting) =>
  starting.demand.serviceLevel.warmPool ? restartSeconds(starting) : startSeconds(starting);

/** A boot that is given up too early rolls back a good deployment; one given up late only takes longer to fail. */
const LEAST_BOOT_TIMEOUT_SECONDS = 600;
/** Whatever a plan would need: nobody waits longer for an instance. */
const LONGEST_BOOT_TIMEOUT_SECONDS = 3600;

const upTo = (value: number, step: number) => Math.ceil(value / step) * step;

/** From launch until health checks count. */
export const healthCheckGraceSeconds = (starting: Starting) => upTo(startSeconds(starting), 30);

/** Within which an instance must have said that it is ready. */
export function bootTimeoutSeconds(starting: Starting): number {
  const wanted = 2.5 * healthCheckGraceSeconds(starting);
  return upTo(Math.min(LONGEST_BOOT_TIMEOUT_SECONDS, Math.max(LEAST_BOOT_TIMEOUT_SECONDS, wanted)), 60);
}
