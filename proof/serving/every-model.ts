/** The frame of a proof of several models, one after the other, beside or by the handler that is bundled for an instance. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { ProofProblem } from '../problem';
import { endAll } from '../process';
import { Report } from '../report';
import { bundleHandler } from './handler';
import { type ProofModel, proofModels } from './models';

/** What each model is proved with. */
export interface Means<Tool> {
  readonly report: Report;
  /** That is removed at the end. */
  readonly folder: string;
  /** Folder of the bundled handler. */
  readonly handler: string;
  /** What the proof has fetched. */
  readonly tool: Tool;
}

/**
 * Run a proof to its end. What keeps it from running is a failed check.
 *
 * @param name of its folder
 * @param fetch what it takes, saying what it does
 */
export function proveEveryModel<Tool>(
  name: string,
  fetch: (progress: (message: string) => void) => Promise<Tool>,
  prove: (model: ProofModel, means: Means<Tool>) => Promise<void>,
): void {
  proved(name, fetch, prove).then(
    (holds) => {
      if (!holds) process.exitCode = 1;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

async function proved<Tool>(...[name, fetch, prove]: Parameters<typeof proveEveryModel<Tool>>): Promise<boolean> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), `slipway-${name}-`));
  try {
    const means = { report, folder, tool: await fetch(console.log), handler: bundleHandler(folder) };
    for (const model of await proofModels(join(folder, 'models'))) {
      report.section(`${basename(model.directory)}: ${model.about}`);
      await prove(model, means);
    }
  } catch (error) {
    if (!(error instanceof ProofProblem) && !SlipwayError.is(error)) throw error;
    report.check(false, error.message);
  } finally {
    endAll();
    rmSync(folder, { recursive: true });
  }
  return report.close().failed === 0;
}
