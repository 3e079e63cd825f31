const everything = require('./jest.config.cjs');

process.env.QUICK_RUNS = '1'; // see test/runs.ts

/**
 * `npm test`: without what takes long (many processes, censuses, simulations), which `npm run test:slow` runs, and with less
 * of what is tried many times. `npx jest` leaves nothing out.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...everything, testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$'] };
