/** `slipway/stacks`: the stages of a slipway.yaml in an app of one's own. */
export type { SlipwayConfig, StageConfig } from '../config/config';
export { loadConfig } from '../config/load';
export { EndpointStack, type EndpointStackProps } from './endpoint-stack';
export { synthesise } from './refusals';
export { addStages, slipwayApp } from './slipway-app';
export { SlipwayStage, type SlipwayStageProps } from './slipway-stage';
