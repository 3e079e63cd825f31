import type { Engine } from '../engine';
import type { DataQuality } from './data-quality';

/** The engine for the rows of clients: each run is looked at. Warm-up and golden rows go to the engine itself. */
export function observingEngine(engine: Engine, quality: DataQuality): Engine {
  return {
    name: engine.name,
    run(inputs, methods) {
      quality.observe(inputs);
      return engine.run(inputs, methods);
    },
    close: () => engine.close(),
  };
}
