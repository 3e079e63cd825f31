import type { StageConfig } from '../../lib/config/config';
import { SlipwayError } from '../../lib/model/error';

/** What `--model` says where it goes with `--stage`. */
export const MODEL_OF_STAGE = 'which model of the stage, where slipway.yaml has several';

/**
 * The endpoint of a stage.
 *
 * @param model its name, where the stage has several
 * @throws SlipwayError E_USAGE naming the stages, or the models, that there are
 */
export function stageNamed(name: string, stages: readonly StageConfig[], file: string, model?: string): StageConfig {
  const endpoints = stagesNamed(name, stages, file);
  const models = endpoints.flatMap(({ place }) => place?.name ?? []);
  if (models.length === 0) {
    if (model === undefined) return endpoints[0]!;
    throw new SlipwayError('E_USAGE', `${file} has one model; leave out --model ${model}`);
  }
  const known = `it has ${models.join(', ')}`;
  if (model === undefined) {
    throw new SlipwayError(
      'E_USAGE',
      `stage "${name}" of ${file} has several models: say which with --model; ${known}`,
    );
  }
  const found = endpoints.find(({ place }) => place?.name === model);
  if (found) return found;
  throw new SlipwayError('E_USAGE', `stage "${name}" of ${file} has no model "${model}"; ${known}`);
}

/**
 * All endpoints of a stage.
 *
 * @throws SlipwayError E_USAGE naming the stages that there are
 */
export function stagesNamed(name: string, stages: readonly StageConfig[], file: string): StageConfig[] {
  const found = stages.filter((candidate) => candidate.name === name);
  if (found.length > 0) return found;
  const known = [...new Set(stages.map((candidate) => candidate.name))].join(', ');
  throw new SlipwayError('E_USAGE', `${file} has no stage "${name}"; it has ${known}`);
}
