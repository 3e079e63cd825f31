/** The process of `model-file.ts`: packs, and says what is wrong as JSON. */
import { SlipwayError } from '../model/error';
import { systemError } from '../model/files/file-error';
import { printable } from '../model/text/printable';
import { type PackOptions, pack } from './pack';

const options = JSON.parse(process.argv[2]!) as PackOptions;
const say = (text: string) => void process.stderr.write(`${printable(text)}\n`);

pack({ ...options, onProgress: (text) => text.startsWith('wrote ') || say(text) }).catch((thrown) => {
  const error = systemError(thrown);
  if (!SlipwayError.is(error)) throw error;
  const { code, message, problems } = error;
  process.stdout.write(JSON.stringify({ code, message, problems }));
  process.exitCode = 2;
});
