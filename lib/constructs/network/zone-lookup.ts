/** A network has zones of its own choice: nobody has to ask AWS for those of the account. */
import type { Stack } from 'aws-cdk-lib';

const KEY = 'availabilityZones';

/**
 * A `Vpc` asks its stack for zones also where it is given some. For a stack with an account that is a question to AWS, and
 * without credentials the end of `cdk synth`.
 */
export function withoutZoneLookup<T>(stack: Stack, make: () => T): T {
  const own = Object.getOwnPropertyDescriptor(stack, KEY);
  Object.defineProperty(stack, KEY, { get: () => [], configurable: true });
  try {
    return make();
  } finally {
    if (own) Object.defineProperty(stack, KEY, own);
    else Reflect.deleteProperty(stack, KEY);
  }
}
