/**
 * How Node.js is to run a synthesis. CDK checks templates by WebAssembly, for some seconds, and its memory grows in small
 * steps: at each of them V8 marks the whole heap, in threads that wait for each other (`node --trace-gc`: 40 times in
 * aws-cdk-lib 2.276), and it compiles by its slow compiler what then runs no longer than that takes. With these flags
 * three stages with every option take half of the CPU time (`npm run bench:synthesis`). No check is left out.
 */
export const SYNTHESIS_FLAGS = ['--single-threaded-gc', '--liftoff-only'] as const;
