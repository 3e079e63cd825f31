const everything = require('./jest.config.cjs');

/**
 * `npm test`: without what takes long (many processes, censuses, simulations), which `npm run test:slow` runs, and `npx jest` as well.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...everything, testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$'] };
