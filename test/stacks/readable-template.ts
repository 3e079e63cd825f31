/**
 * A template for a snapshot: without what changes by itself, and with scripts line by line, so that a
 * reviewer sees in the difference what a change does.
 */
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';

const DIGEST = /\b[0-9a-f]{64}\b/g;

/** CDK appends a digest of the user data to the logical id of an instance that is replaced with it. */
const REPLACED_INSTANCE = /(Instance[0-9A-F]{8})[0-9a-f]{16}\b/g;

export function readableTemplate(stack: CloudFormationStackArtifact): unknown {
  const { Rules: _rules, Parameters, ...template } = structuredClone(stack.template);
  const { BootstrapVersion: _version, ...parameters } = Parameters ?? {};
  const text = JSON.stringify({ Parameters: parameters, ...template })
    .replaceAll(DIGEST, '<sha256>')
    .replaceAll(REPLACED_INSTANCE, '$1<digest>');
  return JSON.parse(text, (_key, value) =>
    typeof value === 'string' && value.includes('\n') ? value.split('\n') : value,
  );
}
