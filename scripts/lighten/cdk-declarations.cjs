/**
 * The declarations of aws-cdk-lib that something here reads. Its index names every service of AWS, and three fifths of all
 * declarations are of services that neither the stages have nor what they are made of.
 */
const { existsSync, readFileSync, statSync } = require('node:fs');
const { dirname, join, relative, resolve, sep } = require('node:path');

/** What is imported from aws-cdk-lib here, and in the documents; `test/docs/lighten.test.ts` holds it against them. */
const IMPORTED = [
  'assertions',
  'aws-apigatewayv2',
  'aws-apigatewayv2-integrations',
  'aws-autoscaling',
  'aws-certificatemanager',
  'aws-chatbot',
  'aws-cloudfront',
  'aws-cloudfront-origins',
  'aws-cloudwatch',
  'aws-cloudwatch-actions',
  'aws-ec2',
  'aws-elasticloadbalancingv2',
  'aws-elasticloadbalancingv2-targets',
  'aws-events',
  'aws-events-targets',
  'aws-iam',
  'aws-kms',
  'aws-lambda',
  'aws-logs',
  'aws-route53',
  'aws-route53-targets',
  'aws-s3',
  'aws-s3-assets',
  'aws-sns',
  'aws-sns-subscriptions',
  'aws-wafv2',
  'cloud-assembly-schema',
  'core',
  'cx-api',
  'pipelines',
  'region-info',
];

const REFERENCE = /(?:\bfrom |\bimport\(|\bimport )\s*['"](\.[^'"]*)['"]/g;

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * @param {string} modules the folder node_modules
 * @returns {Set<string>} paths in that folder, with slashes
 */
function reachedDeclarations(modules) {
  const library = join(modules, 'aws-cdk-lib');
  const index = join(library, 'index.d.ts');
  const reached = new Set();
  const waiting = [index, ...IMPORTED.map((name) => join(library, name, 'index.d.ts'))].filter(existsSync);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    if (file === index) continue; // it names all, and what is imported from it is of the core
    for (const [, name] of readFileSync(file, 'utf8').matchAll(REFERENCE)) {
      const target = resolve(dirname(file), name);
      const found = [`${target}.d.ts`, join(target, 'index.d.ts')].find(isFile);
      if (found) waiting.push(found);
    }
  }
  return new Set([...reached].map((file) => relative(modules, file).split(sep).join('/')));
}

module.exports = { IMPORTED, reachedDeclarations };
