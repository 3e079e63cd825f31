/** A model package of a registry, as `slipway versions` lists it. */
export interface Version {
  readonly digest: string;
  /** When its manifest was pushed, ISO 8601. */
  readonly pushedAt: string;
  /** Absent where its manifest is not of the form that this version of Slipway reads. */
  readonly name?: string;
  readonly estimators?: readonly string[];
  readonly verified?: boolean;
  readonly goldenRows?: number;
  readonly modelBytes?: number;
  /** CPU time of one row as it was measured, in microseconds. */
  readonly cpuMicroseconds?: number;
  /** As they were pushed. */
  readonly metrics?: Readonly<Record<string, number>>;
}
