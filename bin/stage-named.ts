import type { StageConfig } from '../lib/config/config';
import { SlipwayError } from '../lib/model/error';

/** @throws SlipwayError E_USAGE naming the stages that there are */
export function stageNamed(name: string, stages: readonly StageConfig[], file: string): StageConfig {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage) return stage;
  const known = stages.map((candidate) => candidate.name).join(', ');
  throw new SlipwayError('E_USAGE', `${file} has no stage "${name}"; it has ${known}`);
}
