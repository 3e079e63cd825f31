/** The door of lib/sizing. */
export { type Catalogue, type InstanceType, loadCatalogue, type Prices, parseCatalogue } from './catalogue/catalogue';
export * from './plan';
export * from './service-level';
export { type SizingRequest, sizingPlan } from './sizing-plan';
export { type LoadPoint, type Survey, type SurveyedFleet, survey } from './survey';
export { fittingTypes, type TextLoad, transformerMemory } from './transformer';
