/** A protected stack whose first deployment failed: the next deployment would remove what is left of it, and may not. */
import type { Stack } from '@aws-sdk/client-cloudformation';

/**
 * `cdk deploy` protects a stack before it makes anything of it, and deletes one that could not be made before it makes it anew
 * (aws-cdk 2.1148.1). CloudFormation deletes no protected stack.
 */
const NEVER_MADE = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED']);

export const isNeverMade = (state: string | undefined) => NEVER_MADE.has(state ?? '');

/** @returns what keeps the next deployment from its work, and what to do about it, as a sentence without its end */
export function protectedRest(stack: string, { StackStatus, EnableTerminationProtection }: Stack): string | undefined {
  if (!isNeverMade(StackStatus) || !EnableTerminationProtection) return undefined;
  return `the first deployment failed, and what is left of it is protected, so that the next one cannot remove it. Run "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}", then deploy again, which protects it anew`;
}
