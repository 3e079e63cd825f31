/** What evaluates a model: ONNX Runtime, the same on a GPU (`cuda`), or the native engine, which has one thread. */
export const ENGINE_KINDS = ['native', 'onnxruntime', 'cuda'] as const;

export type EngineKind = (typeof ENGINE_KINDS)[number];

/** @param name of an engine with its version, e.g. `native 1`, `onnxruntime 1.30.0` or `onnxruntime 1.30.0 cuda` */
export function engineKindOf(name: string): EngineKind {
  if (name.startsWith('native ')) return 'native';
  return name.endsWith(' cuda') ? 'cuda' : 'onnxruntime';
}
