/** A plan while it is made: the values so far, the steps that compute them, and what one row costs. */
import type { ElementType } from '../../../../../lib/model/rows/signature';
import { NotNative } from '../../contract/fault';
import type { TreeMemory } from '../trees/tree-memory';
import { Store, sizeOf, type Value } from './value';

/** Computes the elements of its outputs for that many rows. */
export type Run = (rows: number) => void;

export interface Step {
  readonly reads: readonly Store[];
  readonly writes: readonly Store[];
  readonly run: Run;
}

/** Elements that evaluating constants may take together: 32 MiB. */
const CONSTANT_ELEMENTS = 2 ** 22;

/**
 * Multiplications of matrix products, and elements of everything else, that one row may take. Beyond it ONNX Runtime
 * is faster for batches of eight rows, since its kernels use vector instructions; for a single row the native engine stays
 * ahead some way further. `npm run bench:engine` shows where the two cross.
 */
export const DENSE_WORK_PER_ROW = 2048;

/** What a graph may take where the native engine is asked for whatever it costs. */
export const MOST_WORK_PER_ROW = 2 ** 20;

/** Reserves room for so many rows in the memory of the tree kernel. @returns what is to be done when its size is final */
export type Place = (memory: TreeMemory, rows: number) => () => void;

export class Planner {
  readonly steps: Step[] = [];
  /** Elements per row of the stores that the steps write. */
  readonly sizes = new Map<Store, { readonly size: number; readonly texts: boolean }>();
  /** Made when there are trees. */
  memory?: TreeMemory;
  readonly places: Place[] = [];
  private constantElements = 0;
  private work = 0;

  /**
   * @param file path for messages
   * @param mostWork that one row may take
   */
  constructor(
    readonly file: string,
    private readonly mostWork: number,
  ) {}

  /** A new value: for each row when one of those that it is made from is. */
  result(type: ElementType, shape: readonly number[], from: readonly Value[]): Value {
    const size = sizeOf(shape);
    const perRow = from.some((value) => value.perRow);
    const store = new Store();
    if (perRow) {
      this.spend(size);
      this.sizes.set(store, { size, texts: type === 'string' });
    } else {
      this.constantElements += size;
      if (this.constantElements > CONSTANT_ELEMENTS) throw new NotNative('its constants grow large when evaluated');
      if (type === 'string') store.texts = new Array<string>(size).fill('');
      else store.numbers = new Float64Array(size);
    }
    return { type, perRow, shape, size, store };
  }

  /** Counts arithmetic for one row beyond one operation an element. */
  spend(work: number): void {
    this.work += work;
    if (this.work > this.mostWork) throw new NotNative('its dense arithmetic is faster in ONNX Runtime');
  }

  /** How `outputs` come from `inputs`. What comes from constants alone is computed now, and is a constant. */
  step(inputs: readonly Value[], outputs: readonly Value[], run: Run): void {
    if (!inputs.some((value) => value.perRow)) run(1);
    else this.steps.push({ reads: inputs.map(({ store }) => store), writes: outputs.map(({ store }) => store), run });
  }
}
