/** As much of WebAssembly's JavaScript interface as is used: the types of Node.js have none, and those of browsers have too much. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** @throws RangeError when there is not so much. Views of the buffer before it are gone. */
  grow(pages: number): number;
}

interface WebAssemblyInterface {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const WASM = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly;
