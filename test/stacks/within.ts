/** Stacks within a stack, as the assembly has them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { nestedTemplates } from '../../lib/deployed/assembly';
import type { Resource } from './billed';

export interface NestedStack {
  readonly path: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** By the logical ids of their resources. */
export function stacksWithin({
  id,
  template,
  templateFullPath,
}: CloudFormationStackArtifact): Map<string, NestedStack> {
  const folder = dirname(templateFullPath);
  const files = nestedTemplates(folder, id, template.Resources);
  return new Map(
    [...files].map(([logicalId, file]) => {
      const path = join(folder, file);
      return [logicalId, { path, ...(JSON.parse(readFileSync(path, 'utf8')) as Omit<NestedStack, 'path'>) }];
    }),
  );
}
