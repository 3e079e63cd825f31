/** What strace saw of a tree of processes: whom they talked to, and what they wrote. */
import { isAbsolute, resolve } from 'node:path';

export interface Seen {
  /** Addresses that something was sent to or connected with, without the own machine's. */
  readonly addresses: readonly string[];
  /** Absolute paths of what was opened for writing, made, renamed or linked. */
  readonly written: readonly string[];
}

/** For `strace -e trace=`: whatever connects, and whatever makes, changes or names a file. */
export const CALLS =
  'connect,sendto,sendmsg,sendmmsg,open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate';

const WRITES = /\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b/;
const OWN_MACHINE = /^(127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/;

/**
 * @param text as `strace -f -y -o FILE` writes it
 * @param directory that relative paths begin in
 */
export function readTrace(text: string, directory: string): Seen {
  const addresses = new Set<string>();
  const written = new Set<string>();
  for (const call of wholeCalls(text)) {
    const name = /^\w+/.exec(call)?.[0];
    if (name === undefined) continue;
    if (/^(connect|send)/.test(name)) {
      // whether it came through does not matter
      for (const [, address] of call.matchAll(/(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"/g)) {
        if (!OWN_MACHINE.test(address!)) addresses.add(address!);
      }
      const socket = /sun_path=@?"([^"]+)"/.exec(call)?.[1];
      if (socket !== undefined) addresses.add(socket);
      continue;
    }
    if (/ = -1 E/.test(call)) continue;
    if (name.startsWith('open') || name === 'creat') {
      const opened = /= \d+<([^>]*)>/.exec(call)?.[1];
      if (opened !== undefined && (name === 'creat' || WRITES.test(call))) written.add(opened);
    } else {
      const paths = [...call.matchAll(/(?:<([^>]*)>, )?"([^"]*)"/g)];
      // of a link the last one is made; what it leads to stays as it is
      for (const [, base, path] of /link/.test(name) ? paths.slice(-1) : paths) {
        written.add(isAbsolute(path!) ? path! : resolve(base ?? directory, path!));
      }
    }
  }
  return { addresses: [...addresses], written: [...written] };
}

/** The calls, each in one piece: one that another thread came in between is written in two. */
function* wholeCalls(text: string): Generator<string> {
  const begun = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || rest === undefined) continue;
    if (rest.endsWith(' <unfinished ...>')) {
      begun.set(thread, rest.slice(0, -' <unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    yield resumed ? (begun.get(thread) ?? '') + resumed[1] : rest;
  }
  yield* begun.values(); // what was under way when the process ended
}
