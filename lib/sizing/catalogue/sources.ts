/** Where the facts come from that are joined with every catalogue and that nobody can ask AWS for. */
import { BASELINE_SOURCE } from './burstable';
import { GPU_SOURCE } from './gpus';
import { SPEED_SOURCES } from './processors';

export const TYPED_IN: readonly string[] = [...SPEED_SOURCES, BASELINE_SOURCE, GPU_SOURCE];
