/**
 * Run something that would record where it was called from.
 *
 * aws-cdk-lib writes absolute paths of the sources with every acknowledged rule into the cloud assembly;
 * without them the assembly is the same from whatever folder it is made.
 */
export function untraced<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
