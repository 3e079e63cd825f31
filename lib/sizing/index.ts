/** The door of lib/sizing. */
export {
  type Catalogue,
  DEFAULT_REGION,
  type InstanceType,
  loadCatalogue,
  type Prices,
  parseCatalogue,
} from './catalogue/catalogue';
export type { SizingRequest } from './demand/demand-of';
export { LONGEST_RECORD, recordedBursts } from './demand/recorded-traffic';
export type { VersionRequest } from './demand/versions';
export {
  type FunctionPlan,
  type FunctionSize,
  functionCheaperBelow,
  functionPlan,
  inPlaceOfFunction,
  inPlaceOfInstances,
} from './function/function-plan';
export { sizingPlan } from './make-plan';
export * from './plan/plan';
export { type LoadPoint, type Survey, type SurveyedFleet, survey } from './search/survey';
export {
  BURST_NAMES,
  type BurstName,
  type Bursts,
  burstsText,
  DEFAULT_BURSTS,
  dispersed,
  MOST_DISPERSION,
} from './service-level/arrivals';
export * from './service-level/service-level';
export { fittingTypes, type TextLoad, transformerMemory } from './transformer';
