/** What `cdk synth` wrote: the stacks of a stage and their templates. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nestedTemplates } from '../../lib/deployed/assembly';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly CreationPolicy?: unknown;
  readonly UpdatePolicy?: unknown;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

export interface SynthesisedStack {
  /** As `cdk deploy` selects it, e.g. `dev/Endpoint`. */
  readonly path: string;
  /** CloudFormation's name of it. */
  readonly name: string;
  /** Path of the template file. */
  readonly file: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  /** Stacks within it, by the logical id of the resource; their names are known when they are deployed. */
  readonly nested: ReadonlyMap<string, SynthesisedStack>;
}

interface Manifest {
  readonly artifacts: Record<
    string,
    {
      readonly type: string;
      readonly displayName?: string;
      readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
    }
  >;
}

/** The stacks of a stage, from the folder that `cdk synth --output` wrote. */
export function stageStacks(assembly: string, stage: string): SynthesisedStack[] {
  const folder = join(assembly, `assembly-${stage}`);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.artifacts).flatMap(([id, { type, displayName: path, properties }]) => {
    if (type !== 'aws:cloudformation:stack') return [];
    const stack = synthesised(folder, properties!.templateFile!, path!, properties!.stackName!);
    const within = nestedTemplates(folder, id, stack.resources);
    const nested = [...within].map(
      ([logicalId, file]) => [logicalId, synthesised(folder, file, `${path}/${logicalId}`, '')] as const,
    );
    return [{ ...stack, nested: new Map(nested) }];
  });
}

function synthesised(folder: string, templateFile: string, path: string, name: string): SynthesisedStack {
  const file = join(folder, templateFile);
  const { Resources: resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: SynthesisedStack['resources'];
  };
  return { path, name, file, resources, nested: new Map() };
}

/** Logical ids of the resources whose construct path ends so, e.g. `/Alarms/Cpu/Resource`. */
export function byPath(stack: SynthesisedStack, end: string): string[] {
  return Object.entries(stack.resources)
    .filter(([, resource]) => resource.Metadata?.['aws:cdk:path']?.endsWith(end))
    .map(([id]) => id);
}

export function byType(stack: SynthesisedStack, type: string): string[] {
  return Object.entries(stack.resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id]) => id);
}

/** Every lower-case SHA-256 in a text, which may be escaped JSON, once and sorted. */
export function digestsIn(text: string): string[] {
  return [...new Set(text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? [])].sort();
}
