/** Something that keeps a proof from running: a message for a person, printed without a stack trace. */
export class ProofProblem extends Error {
  override readonly name = 'ProofProblem';
}
