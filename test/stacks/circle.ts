/** Circles of resources, which CloudFormation refuses whatever part of a resource names the next. */

interface Definition {
  readonly DependsOn?: string | readonly string[];
}

/** Every name in `Ref`, `Fn::GetAtt` and `Fn::Sub` of a definition; those of parameters are among them. */
function* namesIn(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const item of node) yield* namesIn(item);
  else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'Ref') yield value as string;
      else if (key === 'Fn::GetAtt') yield [value as string | string[]].flat()[0]!.split('.')[0]!;
      else if (key === 'Fn::Sub') {
        const [text, bound] = [value as string | [string, unknown]].flat() as [string, unknown];
        for (const [, name] of text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)) yield name!;
        yield* namesIn(bound);
      } else yield* namesIn(value);
    }
  }
}

/** @returns the logical ids of a circle, from one of them back to itself; undefined where there is none */
export function circleIn(resources: Readonly<Record<string, object>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    const definition = resources[id] as Definition;
    const needs = [...[definition.DependsOn ?? []].flat(), ...namesIn(definition)];
    for (const next of new Set(needs)) {
      const circle = next in resources ? visit(next, [...path, id]) : undefined;
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(resources)) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}
