/** The command line, as a user runs it, pointed at the emulator. */
import { resolve } from 'node:path';
import { type Finished, run } from '../process';
import type { Emulator } from './emulator';

const LAUNCHER = resolve(__dirname, '../../bin/launcher.js');

export class Slipway {
  constructor(
    private readonly emulator: Emulator,
    /** slipway.yaml of the stages. */
    private readonly config: string,
  ) {}

  /** A command that takes `--config`. */
  run(...words: string[]): Promise<Finished> {
    return this.plainly(...words, '--config', this.config);
  }

  plainly(...words: string[]): Promise<Finished> {
    const { AWS_PROFILE: _, AWS_REGION: __, ...own } = process.env;
    const env = { ...own, ...this.emulator.environment, NODE_NO_WARNINGS: '1', CI: '1' };
    return run([process.execPath, LAUNCHER, ...words], { env });
  }
}
