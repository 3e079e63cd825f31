/** `slipway/model`: what a model package is, and the one kind of error that is meant to be read. */
export { SlipwayError } from '../error';
export type { Column, Signature } from '../rows/signature';
export type { GoldenRows } from './golden-file';
export { type Manifest, PACKAGE_FILES } from './manifest';
export { type ModelPackage, readModelPackage, readProfile } from './model-package';
export type { ComputeProfile } from './profile';
