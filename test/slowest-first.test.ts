import { existsSync } from 'node:fs';

const { slowest }: { slowest: readonly string[] } = require('./slowest-first.cjs');

test.each(slowest)('%s, which is to begin first, is there', (path) => {
  expect(existsSync(path)).toBe(true);
});
