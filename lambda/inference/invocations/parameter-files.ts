/** Keys and key sets as files that access control reads: fetched from SSM Parameter Store, and again from time to time. */
import { SlipwayError } from '../../../lib/model/error';
import { replaceFile } from '../../../lib/model/files/replace-file';
import { isRecord } from '../../../lib/model/formats/json';
import { PARAMETERS_VARIABLE } from '../../../lib/model/instance/function-environment';
import type { Log } from '../log/log';

/** As often as an instance fetches them. */
const FETCH_MS = 5 * 60_000;

/** A later fetch holds up a request: what does not come in time is left for the next. */
const LATE_MS = 2000;

/** @throws SlipwayError E_AWS when it cannot be read */
export type ReadParameter = (name: string) => Promise<string>;

/** @throws SlipwayError E_USAGE */
export function parametersOf(written: string | undefined): Readonly<Record<string, string>> {
  if (!written) return {};
  let files: unknown;
  try {
    files = JSON.parse(written);
  } catch {
    files = undefined;
  }
  if (isRecord(files) && Object.values(files).every((name) => typeof name === 'string')) {
    return files as Record<string, string>;
  }
  throw new SlipwayError('E_USAGE', `${PARAMETERS_VARIABLE} must be a JSON object of files and their parameters`);
}

export class ParameterFiles {
  private fetchedAt = Number.NEGATIVE_INFINITY;

  /** @param files names of parameters by the files that they are written to */
  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly log: Log,
    private readonly read: ReadParameter,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** @throws SlipwayError E_AWS when one cannot be read */
  async fetch(): Promise<void> {
    this.fetchedAt = this.now();
    await Promise.all(
      Object.entries(this.files).map(async ([file, name]) =>
        replaceFile(file, await this.read(name), { folders: true }),
      ),
    );
  }

  /**
   * Fetch them again where that is due. What cannot be fetched stays as it was.
   *
   * A function stands still between two invocations, so that no timer of its own would do.
   *
   * @returns whether they were fetched
   */
  async renew(): Promise<boolean> {
    if (Object.keys(this.files).length === 0 || this.now() - this.fetchedAt < FETCH_MS) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not there after ${LATE_MS} ms`)), LATE_MS);
    });
    try {
      await Promise.race([this.fetch(), late]);
      return true;
    } catch (error) {
      this.log('error', 'parameters not fetched', { error: (error as Error).message });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
