/**
 * Preloaded by a child (`node --require`): ends it when its parent is gone or its time is over. leash.ts says how and why.
 * JavaScript, since it also runs where nothing reads TypeScript: in the Node.js of the instances, and in tools of others.
 */

const { rmSync, writeSync } = require('node:fs');
const { Socket } = require('node:net');
const { isMainThread, Worker, workerData } = require('node:worker_threads');

/** V8 gives a thread far more than this one needs. */
const THREAD_MIB = 8;

const MIB = 2 ** 20;
const LOOK_MS = 50;
/** As leash.ts has it. */
const MEMORY_TEXT = 'slipway: too much memory';

if (isMainThread) hold(JSON.parse(process.env.SLIPWAY_LEASH));
else if (workerData?.leash) watch(workerData.leash);

function hold(leash) {
  if (!leash.thread) return watch(leash);
  const resourceLimits = { maxOldGenerationSizeMb: THREAD_MIB, maxYoungGenerationSizeMb: THREAD_MIB };
  new Worker(__filename, { workerData: { leash }, execArgv: [], resourceLimits }).unref();
}

function watch({ folder, seconds, memoryMiB, group }) {
  const kill = () => process.kill(group ? -process.pid : process.pid, 'SIGKILL');
  const alone = () => {
    try {
      if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      kill();
    }
  };
  const parent = new Socket({ fd: 0, readable: true, writable: false });
  parent.once('end', alone).once('error', alone).resume();
  if (isMainThread) parent.unref();
  if (seconds) setTimeout(kill, seconds * 1000).unref();
  if (memoryMiB) {
    const look = () => {
      if (process.memoryUsage.rss() <= memoryMiB * MIB) return;
      clearInterval(timer);
      writeSync(2, `\n${MEMORY_TEXT}\n`); // the parent, which is there, reads it
      kill();
    };
    const timer = setInterval(look, LOOK_MS).unref();
  }
}
