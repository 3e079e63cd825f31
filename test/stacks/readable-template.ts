/**
 * A template for a snapshot: without what changes by itself, and with scripts line by line, so that a
 * reviewer sees in the difference what a change does.
 */
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { Json } from './difference';

const DIGEST = /\b[0-9a-f]{64}\b/g;

/** CDK appends a digest of the user data to the logical id of an instance that is replaced with it. */
const REPLACED_INSTANCE = /(Instance[0-9A-F]{8})[0-9a-f]{16}\b/g;

export function readableTemplate(stack: CloudFormationStackArtifact): Json {
  const { Rules: _rules, Parameters, ...template } = structuredClone(stack.template);
  const { BootstrapVersion: _version, ...parameters } = Parameters ?? {};
  const text = JSON.stringify({ Parameters: parameters, ...template }).replaceAll(REPLACED_INSTANCE, '$1<digest>');
  // in the values and not in the text, where a digest at the start of a line stands behind the n of its \n
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== 'string') return value;
    const masked = value.replaceAll(DIGEST, '<sha256>');
    return masked.includes('\n') ? masked.split('\n') : masked;
  });
}
