/** The process of a shadow, which ends with the one that has started it. */
import type * as childProcess from 'node:child_process';
import { type FromShadow, SHADOW_VARIABLE, type ToShadow } from './messages';
import type { StartShadow } from './shadow';

/** @param file that calls `serveShadow` when it finds `SHADOW_VARIABLE` in its environment */
export function shadowProcess(file: string): StartShadow {
  const { fork } = require('node:child_process') as typeof childProcess; // most handlers need none
  return (hear, ended) => {
    const child = fork(file, [], {
      execArgv: [],
      env: { ...process.env, [SHADOW_VARIABLE]: '1' },
      serialization: 'advanced', // typed arrays go as they are
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let over = false;
    const end = (how: string) => {
      if (!over) ended(how);
      over = true;
    };
    child.on('message', (message) => hear(message as FromShadow));
    child.once('error', (error) => end(error.message));
    child.once('exit', (status, signal) => end(signal ?? `status ${status}`));
    child.unref();
    child.channel?.unref();
    return {
      pid: child.pid,
      send: (message: ToShadow) => void (child.connected && child.send(message, () => {})), // what it does not get is dropped when it ends
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
