/** What an inspection finds: a tree of the things in a file, and what packing would make of it. */

/** A thing in a file, and the things in it. */
export interface InspectedNode {
  /** Step, key or attribute under which it stands; empty for the outermost. */
  readonly name: string;
  /** What it is: a class, or a kind of value. */
  readonly what: string;
  /** What is worth knowing of it, by name: hyper-parameters, shapes, versions. */
  readonly details: Readonly<Record<string, string>>;
  /** Whether its class is converted, and why not; undefined for what is no estimator. */
  readonly converts?: { readonly yes: boolean; readonly reason?: string };
  readonly children: readonly InspectedNode[];
}

export interface Inspection {
  /** Base name. */
  readonly file: string;
  readonly bytes: number;
  /** E.g. `joblib`, `pickle`, `onnx`. */
  readonly format: string;
  /** E.g. `zlib`; absent for a format that knows none. */
  readonly compression?: string;
  /** Pickle protocol, 0 to 5. */
  readonly protocol?: number;
  readonly tree: InspectedNode;
  /** Whether the file as a whole can be packed; found out by converting it, and forgetting the result. */
  readonly converts: { readonly yes: boolean; readonly reason?: string };
  /** What a package of it would take and answer; absent when it can't be packed. */
  readonly model?: {
    readonly columns: number;
    readonly namedColumns: boolean;
    readonly outputs: readonly string[];
    readonly classes?: readonly (string | number | boolean)[];
    readonly libraries: Readonly<Record<string, string>>;
    /** Bytes of the ONNX model. */
    readonly bytes: number;
  };
}
