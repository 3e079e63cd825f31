/** Several models behind one endpoint, as SageMaker has production variants: each gets a part of the requests. */

/** A request with it goes to the variant that it names, whatever the weights: what `TargetVariant` of SageMaker's clients sends. */
export const TARGET_VARIANT_HEADER = 'x-amzn-sagemaker-target-variant';

/** The model that the endpoint is made with. */
export const MAIN_VARIANT = 'main';

/** SageMaker API, VariantName. */
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

export const isVariantName = (name: string): boolean => NAME.test(name);

/**
 * What is wrong with a variant, each as a phrase.
 *
 * @param others those that the endpoint has, with their weights, without the main one
 */
export function variantProblems(name: string, weight: number, others: ReadonlyMap<string, number>): string[] {
  const problems: string[] = [];
  if (!isVariantName(name)) {
    problems.push(
      `its name has 1 to 63 letters, digits and hyphens, the first and the last no hyphen, got ${JSON.stringify(name)}`,
    );
  }
  // a load balancer compares values of headers without regard to case
  const same = [MAIN_VARIANT, ...others.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
  if (same !== undefined) problems.push(`the endpoint has a variant ${same} already; give it another name`);
  if (!Number.isInteger(weight) || weight < 0 || weight > 100) {
    problems.push(`weight is the percent of the requests that it gets, a whole number from 0 to 100, got ${weight}`);
  } else {
    const sum = [...others.values()].reduce((a, b) => a + b, weight);
    if (sum > 100)
      problems.push(`the weights of the variants come to ${sum} percent; at most 100 leave ${MAIN_VARIANT} the rest`);
  }
  return problems;
}
