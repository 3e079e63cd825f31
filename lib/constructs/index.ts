/** The constructs: a model behind an HTTPS name, in an app of one's own. */
export { SlipwayError } from '../model/error';
export { type ModelPackage, readModelPackage, readProfile } from '../model/package/model-package';
export { type ServiceLevel, type SizingPlan, type SizingRequest, sizingPlan } from '../sizing';
export type { AccessOptions } from './boot/access';
export type { BootOptions } from './boot/boot-options';
export type { EncryptionOptions } from './encryption/encryption-key';
export { EndpointVariant, type VariantProps } from './endpoint-variant';
export type { FleetOptions } from './fleet/fleet';
export type { TargetHealthOptions, TokenOptions } from './front-door/door';
export type { FrontDoorOptions } from './front-door/entrance';
export { ModelEndpoint, type ModelEndpointProps } from './model-endpoint';
export type { EndpointMetrics } from './monitoring/endpoint-metrics';
export type { Traffic, UnplannedEndpointProps } from './planned';
export type { RolloutOptions } from './rollout/verified-deployment';
