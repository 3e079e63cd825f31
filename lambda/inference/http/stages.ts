/** When a request for predictions reached which stage, as of `performance.now()`; 0 where it did not. */
export class Stages {
  /** The body had been read whole. */
  readAt = 0;
  /** The rows were tensors, and went to the queue. */
  submittedAt = 0;
  /** The rows had been evaluated. */
  computedAt = 0;
}
