/** Every resource of a template is accounted for: created, or said not to be. */
import type { Report } from '../../report';
import { byType, type SynthesisedStack } from '../assembly';
import type { Census } from '../census';
import { NOT_EMULATED } from '../limits';
import type { CreatedResource } from '../stage';

const CREATED = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

/** One line for each resource type of the stack. */
export function checkResources(
  report: Report,
  stack: SynthesisedStack,
  created: ReadonlyMap<string, CreatedResource>,
  existing: Census,
): void {
  const types = [...new Set(Object.values(stack.resources).map((resource) => resource.Type))].sort();
  for (const type of types) {
    const logicalIds = byType(stack, type);
    const missing = logicalIds.filter((id) => !CREATED.has(created.get(id)?.status ?? ''));
    const what = `${stack.path}: ${logicalIds.length} x ${type}`;
    if (missing.length > 0) {
      const reason = created.get(missing[0]!)?.reason || 'CloudFormation knows nothing of it';
      const known = NOT_EMULATED[type];
      if (known) report.unproved(type, known);
      else report.check(false, `${what} created`, `not proved: ${missing.join(', ')}: ${reason}`);
      continue;
    }
    const seen = existing.get(type);
    if (!seen) {
      report.check(true, `${what} created`, 'by the word of CloudFormation');
      continue;
    }
    const unseen = logicalIds.filter((id) => !seen.has(identity(stack, created.get(id)!)));
    report.check(
      unseen.length === 0,
      `${what} created, and the service shows ${logicalIds.length === 1 ? 'it' : 'them'}`,
      unseen.length > 0 ? `the service does not show ${unseen.join(', ')}` : '',
    );
  }
  const surplus = [...created.keys()].filter((id) => !(id in stack.resources));
  report.equal(surplus, [], `${stack.path}: nothing exists that is not in the template`);
}

/** A record is known by its name and type; anything else by its physical id. */
function identity(stack: SynthesisedStack, resource: CreatedResource): string {
  if (resource.type !== 'AWS::Route53::RecordSet') return resource.physicalId;
  return `${resource.physicalId} ${stack.resources[resource.logicalId]!.Properties!.Type}`;
}
