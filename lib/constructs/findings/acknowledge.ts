import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { untraced } from './untraced';

/**
 * Accept a finding of a rule for one construct, with the reason.
 *
 * @param rule as the report prints it, e.g. `AwsSolutions-S1`
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  untraced(() => Validations.of(construct).acknowledge({ id: rule, reason }));
}
