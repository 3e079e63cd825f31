/**
 * One set of globals for all suites of a worker, so that `runtime.cjs` can give them the same modules: what a suite leaves
 * on it is gone before the next one.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');
const { installCommonGlobals } = require('jest-util');

/** Such as `JEST_STATE_SYMBOL`; packages name theirs otherwise, and find theirs again. */
const OF_JEST = /^[A-Z_]+$/;

/**
 * Storages that a suite has used, jest's own among them, which is one for each suite. Until they are disabled, every promise
 * of the suites after it is given the store of each.
 */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...parameters) {
  storages.add(this);
  return run.apply(this, parameters);
};

let shared;

class SharedEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.intervals = new Set();
    const { setInterval } = this.global;
    this.global.setInterval = (...parameters) => {
      const interval = setInterval(...parameters);
      this.intervals.add(interval);
      return interval;
    };
    this.fresh = Object.getOwnPropertyDescriptors(this.global);
  }

  /** What jest keeps of a suite is gone, what was replaced is there again; `process` is a copy of its own. */
  reset() {
    const { global } = this;
    for (const key of Object.getOwnPropertySymbols(global)) if (OF_JEST.test(key.description)) delete global[key];
    for (const [key, { value, get }] of Object.entries(this.fresh)) {
      const now = Object.getOwnPropertyDescriptor(global, key);
      if (now?.value === value && now?.get === get) continue;
      if (now === undefined || now.configurable) Object.defineProperty(global, key, this.fresh[key]);
      else if (now.writable) global[key] = value;
    }
    const made = installCommonGlobals({ Symbol: global.Symbol, Date: global.Date }, {});
    global.process = made.process;
  }

  async teardown() {
    this.fakeTimers.clearAllTimers();
    this.fakeTimersModern.useRealTimers?.();
    for (const interval of this.intervals) clearInterval(interval); // of a process that would have ended
    this.intervals.clear();
    for (const storage of storages) storage.disable();
    storages.clear();
    this._globalProxy.leftovers.length = 0;
    this._globalProxy.propertyToValue.clear();
  }
}

/** Jest makes one for each suite, as it thinks. */
module.exports = function environment(config, context) {
  if (shared) shared.reset();
  else shared = new SharedEnvironment(config, context);
  return shared;
};
