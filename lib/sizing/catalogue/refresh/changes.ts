/** What a refreshed catalogue changes, in lines. */
import type { CatalogueFile, TypeRow } from '../contents';

/** Names that one line shows. */
const SHOWN = 8;
/** Price changes that are listed one by one. */
const LISTED = 12;

const listed = (names: readonly string[]) =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ');

/** As exact as price lists are: of an hour, not of a month. */
const usd = (amount: number) => `${Number(amount.toPrecision(6))}`;
const change = (from: number, to: number) => {
  const percent = (to / from - 1) * 100;
  return `${usd(from)} -> ${usd(to)} USD (${percent > 0 ? '+' : ''}${percent.toFixed(1)} %)`;
};

function specsOf({ usdPerHour: _, spotUsdPerHour: __, ...specs }: TypeRow): string {
  return JSON.stringify(specs, Object.keys(specs).sort());
}

/** Lines for a person; none when both say the same. Spot prices change by the hour and are counted only. */
export function changesBetween(before: CatalogueFile, after: CatalogueFile): string[] {
  const old = new Map(before.types.map((type) => [type.name, type]));
  const names = new Set(after.types.map(({ name }) => name));
  const added = after.types.filter(({ name }) => !old.has(name)).map(({ name }) => name);
  const removed = before.types.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const pairs = after.types.flatMap((type) => {
    const previous = old.get(type.name);
    return previous ? [[previous, type] as const] : [];
  });
  const specs = pairs.filter(([a, b]) => specsOf(a) !== specsOf(b)).map(([{ name }]) => name);
  const newlyPriced = pairs.filter(([a, b]) => a.usdPerHour === undefined && b.usdPerHour !== undefined);
  const unpriced = pairs.filter(([a, b]) => a.usdPerHour !== undefined && b.usdPerHour === undefined);
  const moved = pairs
    .filter(([a, b]) => a.usdPerHour !== undefined && b.usdPerHour !== undefined && a.usdPerHour !== b.usdPerHour)
    .sort(
      ([a, b], [c, d]) =>
        Math.abs(Math.log(d.usdPerHour! / c.usdPerHour!)) - Math.abs(Math.log(b.usdPerHour! / a.usdPerHour!)),
    );
  const spot = pairs.filter(([a, b]) => a.spotUsdPerHour !== b.spotUsdPerHour).length;
  const others = (Object.keys(after.prices) as (keyof typeof after.prices)[]).filter(
    (name) => before.prices[name] !== after.prices[name],
  );
  const line = (count: readonly unknown[], text: string) => (count.length > 0 ? [text] : []);
  const typesText = (count: number) => `${count} ${count === 1 ? 'type' : 'types'}`;
  return [
    ...line(added, `added ${typesText(added.length)}: ${listed(added)}`),
    ...line(removed, `removed ${typesText(removed.length)}: ${listed(removed)}`),
    ...line(specs, `other specs or zones for ${typesText(specs.length)}: ${listed(specs)}`),
    ...line(
      newlyPriced,
      `now with a price: ${typesText(newlyPriced.length)}: ${listed(newlyPriced.map(([{ name }]) => name))}`,
    ),
    ...line(
      unpriced,
      `no price any more for ${typesText(unpriced.length)}: ${listed(unpriced.map(([{ name }]) => name))}`,
    ),
    ...line(moved, `other price for ${typesText(moved.length)}, the largest changes first:`),
    ...moved.slice(0, LISTED).map(([a, b]) => `  ${a.name}: ${change(a.usdPerHour!, b.usdPerHour!)} an hour`),
    ...(spot > 0 ? [`other spot price for ${typesText(spot)}`] : []),
    ...others.map((name) => `${name}: ${change(before.prices[name], after.prices[name])}`),
  ];
}
