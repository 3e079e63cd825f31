/** `discounts` of slipway.yaml: what instances cost the account that pays for them. */
import { z } from 'zod';
import { type Discounts, discountProblems } from '../sizing/service-level/discounts';
import { parseDiscount } from './quantity';

const DISCOUNT =
  'must be what is off the list price, above 0 and below 100 %, e.g. 27 %, or what is paid, e.g. 0.05 USD/hour';

/** By family, by type, or of all. */
export const discountsSchema = z
  .record(
    z.string(),
    z.string(DISCOUNT).refine((value) => parseDiscount(value) !== undefined, DISCOUNT),
  )
  .refine((all) => Object.keys(all).length > 0, 'must name a family, a type or all: leave it out otherwise')
  .superRefine((all, context) => {
    for (const [name, value] of Object.entries(all)) {
      const discount = parseDiscount(value);
      for (const problem of discount ? discountProblems({ [name]: discount }) : []) {
        context.addIssue({ code: 'custom', message: problem.replace(/^\S+ /, ''), path: [name] });
      }
    }
  });

/** The same in numbers. */
export function discountsOf(document: z.infer<typeof discountsSchema>): Discounts {
  return Object.fromEntries(Object.entries(document).map(([name, text]) => [name, parseDiscount(text)!]));
}
