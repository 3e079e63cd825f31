export { convertBooster } from './convert';
export { type BoosterFile, type BoosterFormat, readBoosterFile } from './file';
export type { BoosterModel } from './model';
