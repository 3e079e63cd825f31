/** Which instance types a person allows, and what that costs. */
import { SlipwayError } from '../../model/error';
import { nearestOf } from '../../model/text/nearest';
import { baselineOf } from '../catalogue/burstable';
import { type Catalogue, catalogueRegions, type InstanceType, readCatalogue } from '../catalogue/catalogue';
import { parseCatalogueFile } from '../catalogue/file';
import { familyOf } from '../catalogue/processors';

/** Every key that is given must hold of a type. */
export interface InstanceChoice {
  /** Families, e.g. `c7g`, or types, e.g. `c7g.large`. @default - all */
  readonly families?: readonly string[];
  /** Families or types that are not taken. @default - none */
  readonly exclude?: readonly string[];
  /** @default - both */
  readonly architecture?: InstanceType['architecture'];
  /** Whether types are taken whose processor is theirs for a part of the time alone: t and `-flex`. @default true */
  readonly burstable?: boolean;
}

export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

/** A family or a type: what `families` and `exclude` have. */
export const INSTANCE_NAME = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$/;

const named = (names: readonly string[], type: string) => names.includes(type) || names.includes(familyOf(type));

function allows(
  { families, exclude = [], architecture, burstable = true }: InstanceChoice,
  type: InstanceType,
): boolean {
  return (
    (families === undefined || named(families, type.name)) &&
    !named(exclude, type.name) &&
    (architecture === undefined || type.architecture === architecture) &&
    (burstable || baselineOf(type.name) === undefined)
  );
}

/** The catalogue with the types that are allowed. */
export function restricted<T extends Pick<Catalogue, 'types'>>(catalogue: T, choice: InstanceChoice | undefined): T {
  return choice ? { ...catalogue, types: catalogue.types.filter((type) => allows(choice, type)) } : catalogue;
}

/** A restriction without one of its keys, each in turn, and without any; each with its name. */
export function* loosened(
  choice: InstanceChoice,
): Generator<readonly [name: string, choice: InstanceChoice | undefined]> {
  const keys = Object.keys(choice) as (keyof InstanceChoice)[];
  for (const key of keys) {
    const { [key]: _, ...rest } = choice;
    if (keys.length > 1) yield [`instances.${key}`, rest];
  }
  yield ['instances', undefined];
}

/** The restriction in words. */
export function choiceText({ families, exclude, architecture, burstable }: InstanceChoice): string {
  return [
    families && `only ${families.join(', ')}`,
    exclude && `not ${exclude.join(', ')}`,
    architecture,
    burstable === false && 'no burstable types',
  ]
    .filter(Boolean)
    .join('; ');
}

/** @throws SlipwayError E_USAGE for a family or type that the region has not, or that is excluded and that no region has */
export function checkChoice({ families = [], exclude = [] }: InstanceChoice, { types, region }: Catalogue): void {
  const offered = namesOf(types);
  const problems = families
    .filter((name) => !offered.has(name))
    .map((name) => problem('instances.families', name, offered, `in ${region}`));
  problems.push(...notOffered('instances.exclude', exclude, { types }));
  if (problems.length > 0) {
    throw new SlipwayError('E_USAGE', 'instances names types that cannot be had', { problems });
  }
}

function problem(key: string, name: string, known: Iterable<string>, where: string): string {
  const nearest = nearestOf(name, [...known]);
  return `${key}: no ${name} is offered ${where}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

const namesOf = (types: readonly { readonly name: string }[]) =>
  new Set(types.flatMap(({ name }) => [name, familyOf(name)]));

/** What is wrong with families and types that no region has: one list serves several regions, of which some have not all. */
export function notOffered(key: string, names: readonly string[], { types }: Pick<Catalogue, 'types'>): string[] {
  const offered = namesOf(types);
  const strange = names.filter((name) => !offered.has(name));
  if (strange.length === 0) return [];
  const anywhere = namesAnywhere();
  return strange.filter((name) => !anywhere.has(name)).map((name) => problem(key, name, anywhere, 'in any region'));
}

/** Families and types of all regions. */
function namesAnywhere(): ReadonlySet<string> {
  const names = catalogueRegions().flatMap((region) =>
    parseCatalogueFile(readCatalogue(region), region).types.map(({ name }) => name),
  );
  return new Set(names.flatMap((name) => [name, familyOf(name)]));
}
