/** A package of a registry is taken from where it was fetched to, and nobody is asked for it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelPackage } from '../../../lib/model/package/model-package';
import { namedPackage } from '../../../lib/model/package/named-package';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../../example';

const { digest } = readModelPackage(EXAMPLE_MODEL);
const ADDRESS = `s3://models-of-ours/credit@sha256:${digest}`;
const before = process.cwd();
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fetched-'));
  process.chdir(home);
});
afterEach(() => {
  process.chdir(before);
  rmSync(home, { recursive: true });
});

const fetched = (model: string) =>
  cpSync(model, join(home, '.slipway/packages', digest.slice(0, 12)), { recursive: true });

test('a folder is itself, and an address the folder that it was fetched to', () => {
  expect(namedPackage(EXAMPLE_MODEL).digest).toBe(digest);
  fetched(EXAMPLE_MODEL);
  expect(namedPackage(ADDRESS).digest).toBe(digest);
});

test('a package that is not there, or is another, is refused with what to do', () => {
  expect(() => namedPackage('s3://models-of-ours/credit')).toThrow('is no address of a package; write s3://bucket/');
  expect(() => namedPackage(ADDRESS)).toThrow(`is not fetched yet: run "npx slipway pull ${ADDRESS}"`);
  fetched(LOAN_MODEL);
  cpSync(join(EXAMPLE_MODEL, 'profile.json'), join(home, '.slipway/packages', digest.slice(0, 12), 'profile.json'));
  expect(() => namedPackage(ADDRESS)).toThrow(`is not the package ${ADDRESS}; remove the folder`);
});
