/** Packages of the npm registry, as tarballs. */
import { fetchError, runFetcher } from './fetched-file';

/** Puts the tarball of `name@version` into a folder and returns its file name: by `npm pack`, so that the user's own registry, proxy and credentials apply. */
export async function npmPack(specification: string, directory: string): Promise<string> {
  const arguments_ = ['pack', '--json', '--pack-destination', directory, specification];
  const npm = process.env.npm_execpath;
  try {
    const { stdout } = await runFetcher(npm ? process.execPath : 'npm', npm ? [npm, ...arguments_] : arguments_, {
      shell: !npm && process.platform === 'win32',
    });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    return packed!.filename;
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const said = (stderr || message)
      .split('\n')
      .filter((line) => /npm (ERR!|error)/.test(line) && !/ code [A-Z]/.test(line));
    throw fetchError({
      what: specification,
      command: 'npm pack',
      folder: directory,
      cause,
      output: stderr || message,
      line: said[0]?.replace(/^npm (ERR!|error) /, '') ?? message.split('\n')[0]!,
      remedy: "check the network and npm's registry setting",
    });
  }
}
