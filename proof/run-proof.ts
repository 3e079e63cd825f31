/** The frame of a proof that is one function. */
import { SlipwayError } from '../lib/model/error';
import { ProofProblem } from './problem';
import { endAll } from './process';

/**
 * Its status is that of the process. What keeps it from running is told without a stack trace, and nothing that it started
 * outlives it.
 */
export function runProof(main: () => Promise<number>): void {
  main()
    .then((status) => {
      process.exitCode = status;
    })
    .catch((error: unknown) => {
      if (!(error instanceof ProofProblem || SlipwayError.is(error))) throw error;
      console.error(error.message);
      process.exitCode = 1;
    })
    .finally(endAll);
}
