/** What an instance does that is borrowed to measure a model, as shell text. */

/** A file for the instance: where it is, and its name in the folder of the job. */
export interface Fetched {
  readonly address: string;
  readonly name: string;
}

export interface Job {
  readonly files: readonly Fetched[];
  /** Tarball of Node.js among the files. */
  readonly runtime: string;
  /** Runs in the folder of the job, when all is there; `$node` is the binary. */
  readonly command: string;
  /** What the command wrote, and where it is to be put. */
  readonly result: Fetched;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const CURL = 'curl --silent --show-error --fail --retry 10 --retry-delay 3 --retry-all-errors --create-dirs';

/** The job. It has more addresses than fit into user data, so user data has its own address alone. */
export function jobScript({ files, runtime, command, result }: Job): string {
  return [
    'set -e',
    ...files.map(({ address, name }) => `${CURL} --output ${quoted(name)} ${quoted(address)}`),
    `tar -xzf ${quoted(runtime)}`,
    'node=$PWD/package/bin/node',
    command,
    `${CURL} --upload-file ${quoted(result.name)} ${quoted(result.address)}`,
    '',
  ].join('\n');
}

export interface UserDataOptions {
  /** Where the job is. */
  readonly job: string;
  /** Where its output goes when it fails. */
  readonly log: string;
  /** After so long the instance ends, whatever happens. */
  readonly minutes: number;
}

/** The instance terminates when it is shut down: at the latest by the first line, in any case by the last. */
export function userData({ job, log, minutes }: UserDataOptions): string {
  return [
    '#!/bin/bash',
    `shutdown -h +${minutes}`,
    '[ -n "$HOME" ] || export HOME=/root', // cloud-init has none
    'cd "$(mktemp -d /var/tmp/slipway.XXXXXX)"', // /tmp is memory
    `if ! (${CURL} --output job.sh ${quoted(job)} && bash job.sh) > log 2>&1; then`,
    `  tail -c 4000 log > tail; ${CURL} --upload-file tail ${quoted(log)}`,
    'fi',
    'shutdown -h now',
    '',
  ].join('\n');
}
