/** What a worker and its shadow tell each other, whether that is a process beside it or stands elsewhere. */
import type { EngineChoice } from '../../../lib/model/instance/handler-settings';
import type { ShadowCounts } from '../../../lib/model/instance/shadow-counts';
import type { Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';

/** Set for the process of a shadow. */
export const SHADOW_VARIABLE = 'SLIPWAY_SHADOW_PROCESS';

/** What a shadow is started with. */
export interface ShadowTask {
  /** Folder of its package. */
  readonly model: string;
  /** First digits of the package's digest: one that stands elsewhere may have another. */
  readonly version: string;
  /** Of the model that is served, whose rows it is given. */
  readonly served: Signature;
  readonly tolerance: number;
  readonly rowValues: boolean;
  readonly engine?: EngineChoice | undefined;
}

/** Rows of a request that was answered. */
export interface ShadowRows {
  readonly id: number;
  readonly requestId: string;
  /** Index of the first of these rows in the request. */
  readonly first: number;
  readonly rows: number;
  readonly inputs: Tensors;
  /** What was answered. */
  readonly outputs: Tensors;
}

export type ToShadow = { readonly task: ShadowTask } | ShadowRows;

/** It is ready; it runs another package until it is replaced; it never will be ready; it is done with some rows; this was counted since it last said so. */
export type FromShadow =
  | { readonly ready: { readonly engine: string } }
  | { readonly other: string }
  | { readonly unfit: string }
  | { readonly done: number }
  | { readonly counts: ShadowCounts };
