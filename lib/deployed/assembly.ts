/** The stacks of a stage in a cloud assembly, as `cdk synth` wrote it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { isRecord } from '../model/formats/json';
import { MIB } from '../model/units';

/** A stack within another; its physical id is its ARN. */
export const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** Resources by logical id, as far as it is looked at. */
export interface StackTemplate {
  readonly Description?: string;
  readonly Resources?: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name?: unknown } }>>;
}

export interface AssembledStack {
  readonly stackName: string;
  readonly region?: string;
  readonly template: StackTemplate;
}

/** CloudFormation takes 1 MB. */
const LARGEST = 4 * MIB;

/** @throws SlipwayError E_FILE when the folder is no assembly, or has no such stage */
export function stacksOf(assembly: string, stage: string): AssembledStack[] {
  const folder = join(assembly, `assembly-${stage}`);
  if (!existsSync(join(folder, 'manifest.json'))) {
    const problem = existsSync(join(assembly, 'manifest.json')) ? `has no stage "${stage}"` : 'is no cloud assembly';
    throw new SlipwayError('E_FILE', `${assembly}: ${problem}; write it with "npx cdk synth --output ${assembly}"`);
  }
  const { artifacts } = read(folder, 'manifest.json');
  return Object.values(isRecord(artifacts) ? artifacts : {}).flatMap((artifact) => {
    if (!isRecord(artifact) || artifact.type !== 'aws:cloudformation:stack' || !isRecord(artifact.properties))
      return [];
    const { templateFile, stackName } = artifact.properties;
    const [, region] = /\/([a-z0-9-]+)$/.exec(String(artifact.environment)) ?? [];
    const template = read(folder, String(templateFile)) as unknown as StackTemplate;
    return [{ stackName: String(stackName), template, ...(region !== 'unknown-region' && region && { region }) }];
  });
}

/**
 * Templates of the stacks within a stack: names of their files, by the logical ids of their resources.
 *
 * @param folder of the assembly, @param id of the stack among its artifacts, @param resources of its template
 */
export function nestedTemplates(
  folder: string,
  id: string,
  resources: StackTemplate['Resources'] = {},
): Map<string, string> {
  const nested = Object.entries(resources).filter(([, { Type }]) => Type === STACK_TYPE);
  if (nested.length === 0) return new Map();
  const { files } = read(folder, `${id}.assets.json`) as {
    readonly files: Readonly<Record<string, { readonly source: { readonly path?: string } }>>;
  };
  return new Map(
    nested.flatMap(([logicalId, { Properties }]) => {
      const url = JSON.stringify(Properties?.TemplateURL);
      const [, asset] = Object.entries(files).find(([digest]) => url.includes(digest)) ?? [];
      return asset?.source.path === undefined ? [] : [[logicalId, asset.source.path] as const];
    }),
  );
}

/** A stack of any stage. */
export interface AssemblyStack {
  /** As `cdk` names it, e.g. `prod/Endpoint`. */
  readonly displayName: string;
  readonly templatePath: string;
  readonly text: string;
  /** Also those of the stacks within it. */
  readonly resources: number;
  /** Templates of the stacks within it, by the logical ids of their resources. */
  readonly nested: ReadonlyMap<string, StackTemplate>;
}

/** All stacks of an assembly. @throws SlipwayError E_FILE when the folder is none */
export function stacksIn(assembly: string): AssemblyStack[] {
  if (!existsSync(join(assembly, 'manifest.json'))) {
    throw new SlipwayError(
      'E_FILE',
      `${assembly}: is no cloud assembly; write it with "npx cdk synth --output ${assembly}"`,
    );
  }
  const { artifacts } = read(assembly, 'manifest.json');
  return Object.entries(isRecord(artifacts) ? artifacts : {}).flatMap(([id, artifact]) => {
    if (!isRecord(artifact) || !isRecord(artifact.properties)) return [];
    const { directoryName, templateFile, stackName } = artifact.properties;
    if (artifact.type === 'cdk:cloud-assembly') return stacksIn(join(assembly, String(directoryName)));
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const templatePath = join(assembly, String(templateFile));
    const template = read(assembly, String(templateFile)) as unknown as StackTemplate;
    const files = nestedTemplates(assembly, id, template.Resources);
    const nested = new Map([...files].map(([id, file]) => [id, read(assembly, file) as unknown as StackTemplate]));
    const all = [template, ...nested.values()];
    const resources = all.reduce((sum, { Resources = {} }) => sum + Object.keys(Resources).length, 0);
    const displayName = String(artifact.displayName ?? stackName);
    return [{ displayName, templatePath, text: JSON.stringify(template), resources, nested }];
  });
}

function read(folder: string, name: string): Record<string, unknown> {
  const path = join(folder, name);
  try {
    const document: unknown = JSON.parse(readRegularFile(path, LARGEST).toString('utf8'));
    if (isRecord(document)) return document;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new SlipwayError('E_FILE', `${path}: is not what "cdk synth" writes; synthesise again`);
}
