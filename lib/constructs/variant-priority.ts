/** The rules of a listener by which variants are asked by their names. */
import { sha256 } from '../model/formats/digest';

/** They are from here on. */
const FIRST_PRIORITY = 10;
const PRIORITIES = 49_000;

/** Of a variant: a number that no other variant that comes or goes changes. */
export const variantPriority = (name: string): number =>
  FIRST_PRIORITY + (Number.parseInt(sha256(name.toLowerCase()).slice(0, 8), 16) % PRIORITIES);

/**
 * What is wrong with a name beside others. A listener has one rule of a number. To move that of either would move it whenever
 * the other comes or goes.
 */
export function priorityProblems(name: string, others: Iterable<string>): string[] {
  const priority = variantPriority(name);
  const same = (other: string) => variantPriority(other) === priority && other.toLowerCase() !== name.toLowerCase();
  return [...others]
    .filter(same)
    .map(
      (twin) =>
        `its name and that of the variant ${twin} stand for the same rule of the listener (priority ${priority}); give it another name`,
    );
}
