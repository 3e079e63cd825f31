/** A transformer of which only weights are at hand: what decides how much memory of a GPU it takes. */

/** How the layers remember what they have read. */
export interface Attention {
  /** Layers that look at everything before a token. */
  readonly layers: number;
  /** Layers that look at a window of tokens alone, and how long it is. */
  readonly windowed?: { readonly layers: number; readonly tokens: number };
  /** Numbers that a layer keeps of a token: keys and values of its heads, or what they are compressed to. */
  readonly numbersPerToken: number;
  /** Width of a token between layers, and within them. */
  readonly width: number;
  readonly innerWidth: number;
  /** Different tokens there are. */
  readonly vocabulary: number;
  /** Longest text that it was made for, tokens. */
  readonly longest?: number;
}

export interface TransformerWeights {
  /** Base name of the file. */
  readonly file: string;
  readonly parameters: number;
  /** Of all tensors, in all files that belong together. */
  readonly bytes: number;
  /** Parameters by the name of their type, e.g. `BF16`. */
  readonly types: Readonly<Record<string, number>>;
  /** From the `config.json` beside it. @default - there is none, or none that is understood */
  readonly attention?: Attention;
}
