/** `slipway/packaging`: model files to model packages, without running anything that is in them. */
export { type Packed, type PackOptions, pack } from './pack';
