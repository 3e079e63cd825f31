import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { apiKeyLine, isKeyName } from '../../lib/model/formats/api-keys';
import { print, printJson } from '../terminal/output';

interface KeyFlags {
  json?: boolean;
}

/** Random bytes of a key: too many to guess, so that its hash may be a fast one. */
const KEY_BYTES = 32;

function keyName(text: string): string {
  if (isKeyName(text)) return text;
  throw new InvalidArgumentError('It must be letters, digits, dots, hyphens and underscores, at most 64.');
}

export function addKey(program: Command): void {
  program
    .command('key')
    .description(
      'Make an API key for a client of an endpoint with access control. The key is shown once, for the client; the line with ' +
        'its hash goes into the parameter that "access.apiKeys" of slipway.yaml names, one line a key. For a new key of a client ' +
        'add a second line of the same name, and remove the first when the client has changed.',
    )
    .argument('<name>', 'who the key is for, as the log will name them', keyName)
    .option('--json', 'print key and line as JSON')
    .action((name: string, flags: KeyFlags) => {
      const key = `slipway_${randomBytes(KEY_BYTES).toString('base64url')}`;
      const line = apiKeyLine(name, key);
      if (flags.json) printJson({ name, key, line });
      else print(`key, for the client:   ${key}\nline, for the endpoint: ${line}`);
    });
}
