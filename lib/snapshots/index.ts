/** `slipway/testing`: what a snapshot test of one's own stacks needs. */
export { type TemplateLike, templateSnapshot } from './template-snapshot';
