/** Files as they are in another commit, by the git of whoever calls. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { relative } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { MIB } from '../../lib/model/units';

/** Larger than any file that is read so; profiles have tens of kilobytes. */
const MAXIMUM_BYTES = 64 * MIB;

function git(...words: string[]): Buffer {
  return execFileSync('git', words, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: MAXIMUM_BYTES });
}

/** One commit of the repository that the working directory is in. */
export class Commit {
  /** Its full hash. */
  readonly hash: string;

  /**
   * @param name a branch, a tag, a hash: whatever git resolves to a commit
   * @throws SlipwayError E_USAGE when git is not installed, this is no repository, or there is no such commit
   */
  constructor(readonly name: string) {
    try {
      git('rev-parse', '--git-dir');
    } catch (cause) {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      throw new SlipwayError(
        'E_USAGE',
        missing ? 'git is not installed' : `${process.cwd()} is not in a git repository`,
        { cause },
      );
    }
    try {
      this.hash = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).toString().trim();
    } catch (cause) {
      throw new SlipwayError(
        'E_USAGE',
        `git knows no commit "${name}" here; a pipeline fetches it first, e.g. git fetch --depth=1 origin main, and names it origin/main`,
        { cause },
      );
    }
  }

  /** The bytes of a file in this commit; undefined when it is not in it. @param path as on disk, absolute or relative */
  read(path: string): Buffer | undefined {
    const object = this.objectAt(path);
    return object === undefined ? undefined : git('cat-file', 'blob', object);
  }

  /**
   * Write a file of any size as a checkout would: one in Git LFS is fetched by its filter.
   *
   * @returns whether this commit has it
   * @throws SlipwayError E_FILE when the filter fails
   */
  write(path: string, target: string): boolean {
    const object = this.objectAt(path);
    if (object === undefined) return false;
    const file = openSync(target, 'wx');
    try {
      execFileSync('git', ['cat-file', '--filters', object], { stdio: ['ignore', file, 'pipe'] });
    } catch (cause) {
      const said = String((cause as { stderr?: Buffer }).stderr ?? '').trim();
      throw new SlipwayError('E_FILE', `${path}: git cannot take it out of ${this.name}: ${said}`, { cause });
    } finally {
      closeSync(file);
    }
    return true;
  }

  private objectAt(path: string): string | undefined {
    // git wants ./ or ../ before a path that is relative to the working directory, and / between its parts
    const spelled = `./${relative(process.cwd(), path).replaceAll('\\', '/')}`;
    const object = `${this.hash}:${spelled}`;
    try {
      git('cat-file', '-e', object);
    } catch {
      return undefined;
    }
    return object;
  }
}
