/** How long user data can be at most, where parts of it are known to AWS alone. */

/** Characters that the pseudo parameters of CloudFormation have at most. */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Region': 16,
  'AWS::Partition': 10,
  'AWS::StackName': 128,
  'AWS::URLSuffix': 24,
};

/** A name that CloudFormation makes up, at its longest: that of a log group. */
const LONGEST_NAME = 512;

/** A pre-signed URL of a wait condition, with the longest names of stack and resource in it. */
export const LONGEST_SIGNAL_URL = 1024;

/**
 * Bytes of a resolved value of a template, with every reference at its longest.
 *
 * @param value text, or what `Stack.resolve` makes of text with tokens: Ref, Fn::Join, Fn::Sub and others
 * @param longer what is longer than a name, by the logical id that Ref has
 */
export function mostBytes(value: unknown, longer: Readonly<Record<string, number>> = {}): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const [[name, of]] = Object.entries(value) as [[string, unknown]];
  if (name === 'Ref') return PSEUDO[String(of)] ?? longer[String(of)] ?? LONGEST_NAME;
  if (name === 'Fn::Join') {
    const [separator, parts] = of as [string, unknown[]];
    return parts.reduce<number>((sum, part) => sum + mostBytes(part, longer) + Buffer.byteLength(separator), 0);
  }
  if (name === 'Fn::Sub') {
    const text = Array.isArray(of) ? String(of[0]) : String(of);
    const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)];
    return names.reduce(
      (sum, [all, one]) => sum - all.length + (PSEUDO[one!] ?? LONGEST_NAME),
      Buffer.byteLength(text),
    );
  }
  return LONGEST_NAME;
}
