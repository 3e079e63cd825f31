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

/** Beyond it a lost instance is not replaced in a time that anyone would call recovery. */
export const LONGEST_START_SECONDS = 1800;

/** Seconds from launch to the first answer. A type without bandwidth of its own for volumes shares the network's. */
export function startSeconds({ demand, type, transfer }: Pick<Candidacy, 'demand' | 'type' | 'transfer'>): number {
  const network = (type.networkGbps * 1000) / 8;
  const volume = Math.min(VOLUME_MB_PER_SECOND, type.ebsMBps > 0 ? type.ebsMBps : network / 2);
  const megabytes = demand.modelBytes / 1e6;
  const download = megabytes / Math.min(DOWNLOAD_MB_PER_SECOND, network, volume);
  return (
    (type.gpu ? GPU_BOOT_SECONDS : BOOT_SECONDS) +
    download +
    megabytes / volume +
    (COLD_START * transfer.factor * demand.startMs) / 1000
  );
}
