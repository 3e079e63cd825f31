/** What instances cost the account that pays for them, where that is not the list price: Savings Plans, reserved instances, an agreement. */
import { SlipwayError } from '../../model/error';
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import { familyOf } from '../catalogue/processors';
import { INSTANCE_NAME, notOffered } from './restriction';

/** A share of the list price that is not paid, above 0 and below 1; or what is paid for an hour in place of it, USD. */
export type Discount = { readonly share: number } | { readonly usdPerHour: number };

/** By type, by family, and of every other by `all`; the narrowest that there is holds, by itself. */
export type Discounts = Readonly<Record<string, Discount>>;

/** The key of what holds for every type that no other names. */
export const EVERY_TYPE = 'all';

function paidFor(type: InstanceType, discounts: Discounts): InstanceType {
  const discount = discounts[type.name] ?? discounts[familyOf(type.name)] ?? discounts[EVERY_TYPE];
  if (!discount) return type;
  const listUsdPerHour = type.usdPerHour;
  if ('share' in discount) return { ...type, usdPerHour: listUsdPerHour * (1 - discount.share), listUsdPerHour };
  return { ...type, usdPerHour: discount.usdPerHour, listUsdPerHour, estimated: false };
}

/** The catalogue with what is paid in place of list prices, which its types keep beside it. */
export function discounted(catalogue: Catalogue, discounts: Discounts | undefined): Catalogue {
  return discounts ? { ...catalogue, types: catalogue.types.map((type) => paidFor(type, discounts)) } : catalogue;
}

/** What makes no sense about discounts, each as a sentence without its full stop. */
export function discountProblems(discounts: Discounts | undefined): string[] {
  return Object.entries(discounts ?? {}).flatMap(([name, discount]) => {
    if (!INSTANCE_NAME.test(name)) return [`discounts.${name}: is no family, e.g. m7g, no type, and not ${EVERY_TYPE}`];
    if ('share' in discount) {
      return discount.share > 0 && discount.share < 1
        ? []
        : [`discounts.${name}: share must be above 0 and below 1, got ${discount.share}`];
    }
    if (!(discount.usdPerHour > 0 && Number.isFinite(discount.usdPerHour)))
      return [`discounts.${name}: usdPerHour must be a positive number, got ${discount.usdPerHour}`];
    return name.includes('.') ? [] : [rateOfFamily(name)];
  });
}

const rateOfFamily = (name: string) =>
  `discounts.${name}: is a price an hour, which is of one type, e.g. m7g.large; of ${name === EVERY_TYPE ? 'all types' : 'a family'} give a share of the list price`;

/** @throws SlipwayError E_USAGE for a family or type that no region has */
export function checkDiscounts(discounts: Discounts | undefined, catalogue: Catalogue): void {
  const names = Object.keys(discounts ?? {}).filter((name) => name !== EVERY_TYPE);
  const problems = notOffered('discounts', names, catalogue);
  if (problems.length > 0) throw new SlipwayError('E_USAGE', 'discounts name types that cannot be had', { problems });
}

/** Discounts in words. */
export function discountsText(discounts: Discounts): string {
  return Object.entries(discounts)
    .map(([name, discount]) => {
      const paid =
        'share' in discount
          ? `${Number((100 * discount.share).toFixed(2))} % off`
          : `${discount.usdPerHour} USD an hour`;
      return `${name} ${paid}`;
    })
    .join(', ');
}
