/** CloudFormation's intrinsic functions, resolved to plain values. */

export interface ResolutionContext {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Pre-signed URLs of wait conditions, by the logical ids of their handles. */
  readonly signalUrls: ReadonlyMap<string, string>;
}

/**
 * Resolves a value of a template. A resource gives its logical id as its name, and an ARN made of it:
 * what a boot reads of other resources is only passed on.
 *
 * @throws Error on a function that is not known here, so that nothing is silently left out
 */
export function resolveIntrinsics(value: unknown, context: ResolutionContext): unknown {
  const resolve = (inner: unknown) => resolveIntrinsics(inner, context);
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || !(name === 'Ref' || name!.startsWith('Fn::'))) {
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]));
  }
  switch (name) {
    case 'Ref':
      return reference(argument as string, context);
    case 'Fn::GetAtt':
      return attribute(typeof argument === 'string' ? argument : (argument as string[]).join('.'), context);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      return (resolve(parts) as string[]).join(separator);
    }
    case 'Fn::Sub': {
      const [text, variables = {}] = (Array.isArray(argument) ? argument : [argument]) as [string, object?];
      const own = resolve(variables) as Record<string, string>;
      return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, variable: string) => {
        if (literal) return `\${${variable}}`;
        return own[variable] ?? (variable.includes('.') ? attribute(variable, context) : reference(variable, context));
      });
    }
    case 'Fn::Select': {
      const [index, items] = argument as [number | string, unknown];
      return (resolve(items) as unknown[])[Number(index)];
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown];
      return (resolve(text) as string).split(separator);
    }
    case 'Fn::Base64':
      return resolve(argument); // the metadata service decodes it again
    default:
      throw new Error(`${name} is not resolved here: ${JSON.stringify(value).slice(0, 200)}`);
  }
}

function reference(name: string, context: ResolutionContext): string {
  switch (name) {
    case 'AWS::Region':
      return context.region;
    case 'AWS::AccountId':
      return context.account;
    case 'AWS::StackName':
      return context.stackName;
    case 'AWS::StackId':
      return context.stackId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    default:
      if (name.startsWith('AWS::')) throw new Error(`${name} is not resolved here`);
      return context.signalUrls.get(name) ?? name;
  }
}

function attribute(path: string, context: ResolutionContext): string {
  return `arn:aws:attribute:${context.region}:${context.account}:${path}`;
}
