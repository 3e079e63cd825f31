/** What the measuring process is told and what it sends back. */
import type { ErrorCode } from '../model/error';
import type { ComputeProfile } from '../model/package/profile';
import type { Serving } from './serving';

/** What the engine alone tells. */
export type EngineProfile = Omit<ComputeProfile, Exclude<keyof Serving, 'spread'>>;

export interface MeasureOrder {
  /** Folder of the model package. */
  readonly directory: string;
  /** A folder for files of passing use; whoever gave the order removes it. */
  readonly scratch: string;
  /** Least CPU time of one measuring window, milliseconds. */
  readonly windowMs: number;
  /** Rows of a batch that is measured in any case. */
  readonly rows: number;
  /** Largest batch that is tried, rows. */
  readonly maximumRows: number;
}

export type MeasureMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'profile'; readonly profile: EngineProfile }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly problems: readonly string[];
      /** Where it happened, for a fault of ours. */
      readonly stack?: string;
    };
