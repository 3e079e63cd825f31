export { BOOSTER_FORMATS, convertBooster } from './convert';
export { type BoosterFile, readBoosterFile } from './file';
export type { BoosterModel } from './model';
