/** A deployment whose handler has a fault that no golden row shows. */
import { createHash } from 'node:crypto';
import type { Deployment } from '../boot/deployment';

/**
 * Each answer to a single row that is `1` is a 500 instead. Golden rows are asked for sixteen at a time, so the fault shows in requests of
 * clients only. What the handler writes is changed, not its text, which is minified.
 */
const FAULT = `{
  const { Socket } = require('node:net');
  const { write } = Socket.prototype;
  const failed = 'HTTP/1.1 500 Internal Server Error\\r\\ncontent-length: 0\\r\\n\\r\\n';
  Socket.prototype.write = function (chunk, ...more) {
    const fails = typeof chunk === 'string' && chunk.startsWith('HTTP/1.1 200') && chunk.endsWith('{"result":[1]}');
    return write.call(this, fails ? failed : chunk, ...more);
  };
}
`;

const HANDLER = '.cjs';
const BOOT_SCRIPT = '.sh';

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The instances check what they fetch: the digests that they know are those of what is changed. */
export function withFaultyHandler(deployment: Deployment): Deployment {
  const { machine } = deployment;
  const objects = new Map(machine.objects);
  const replace = (ending: string, change: (text: string) => string) => {
    const [key, bytes] = [...objects].find(([name]) => name.endsWith(ending))!;
    const changed = Buffer.from(change(bytes.toString()));
    objects.set(key, changed);
    return (text: string) => {
      const [before, after] = [digestOf(bytes), digestOf(changed)];
      if (!text.includes(before))
        throw new Error(`the digest of the file ${ending} is not where the boot looks for it`);
      return text.replaceAll(before, after);
    };
  };
  const inScript = replace(HANDLER, (text) => FAULT + text);
  const inUserData = replace(BOOT_SCRIPT, inScript);
  return { ...deployment, machine: { ...machine, objects, userData: inUserData(machine.userData) } };
}
