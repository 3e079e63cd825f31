/** Node.js of the instances: the newest 24 that the npm registry has for both architectures; the two packages are not released in step. */
export const INSTANCE_NODE = '24.21.0';
