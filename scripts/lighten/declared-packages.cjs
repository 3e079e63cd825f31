/** The packages whose declarations TypeScript reads here: those that are dependencies, and what these name in theirs. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const REFERENCE = /(?:\bfrom |\bimport\(|\bimport |\brequire\(|\btypes=)\s*['"]((?:@[\w.-]+\/)?\w[\w.-]*)/g;

/** Of EC2, whose commands have 8 MiB of declarations; `test/docs/lighten.test.ts` holds it against what is imported. */
const EC2_COMMANDS = [
  'AuthorizeSecurityGroupEgress',
  'CreateSecurityGroup',
  'DeleteSecurityGroup',
  'DescribeFlowLogs',
  'DescribeImages',
  'DescribeInstanceAttribute',
  'DescribeInstanceTypeOfferings',
  'DescribeInstanceTypes',
  'DescribeInstances',
  'DescribeInternetGateways',
  'DescribeLaunchTemplateVersions',
  'DescribeLaunchTemplates',
  'DescribeRouteTables',
  'DescribeSecurityGroups',
  'DescribeSpotPriceHistory',
  'DescribeSubnets',
  'DescribeVolumes',
  'DescribeVpcEndpoints',
  'DescribeVpcs',
  'RevokeSecurityGroupEgress',
  'RunInstances',
  'TerminateInstances',
];

const NESTED = 'node_modules/';

/** Name of the package that a path in node_modules belongs to. */
function packageOf(path) {
  const nested = path.lastIndexOf(NESTED);
  const [scope, name] = (nested < 0 ? path : path.slice(nested + NESTED.length)).split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

const typesOf = (name) => `@types/${name.replace(/^@/, '').replace('/', '__')}`;

/**
 * @param {string} modules the folder node_modules
 * @param {readonly string[]} declarations paths in that folder, with slashes, of those that may be read
 * @returns {Set<string>}
 */
function declaredPackages(modules, declarations) {
  const files = new Map();
  for (const path of declarations) files.set(packageOf(path), [...(files.get(packageOf(path)) ?? []), path]);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(modules, '..', 'package.json'), 'utf8'));
  const named = new Set(Object.keys({ ...dependencies, ...devDependencies }));
  for (const name of named) {
    for (const file of [...(files.get(name) ?? []), ...(files.get(typesOf(name)) ?? [])]) {
      for (const [, other] of readFileSync(join(modules, file), 'utf8').matchAll(REFERENCE)) named.add(other);
    }
  }
  return new Set([...named].flatMap((name) => [name, typesOf(name)]));
}

module.exports = { EC2_COMMANDS, declaredPackages, packageOf };
