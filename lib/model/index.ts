/** `slipway/model`: what a model package is, and the one kind of error that is meant to be read. */
export { SlipwayError } from './error';
export type { GoldenRows } from './package/golden-file';
export { type Manifest, PACKAGE_FILES } from './package/manifest';
export { type ModelPackage, readModelPackage, readProfile } from './package/model-package';
export type { ComputeProfile } from './package/profile';
export type { Column, Signature } from './rows/signature';
