/** The constructs: a model behind an HTTPS name, in an app of one's own. */
export { SlipwayError } from '../model/error';
export { type ModelPackage, readModelPackage, readProfile } from '../model/package/model-package';
export { type ServiceLevel, type SizingPlan, type SizingRequest, sizingPlan } from '../sizing';
export { EndpointVariant, type VariantProps } from './endpoint-variant';
export { ModelEndpoint, type ModelEndpointProps } from './model-endpoint';
export type { Traffic, UnplannedEndpointProps } from './planned';
