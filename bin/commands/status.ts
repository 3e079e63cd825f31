import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { endpointTitle } from '../../lib/config/model-place';
import { SlipwayError } from '../../lib/model/error';
import { whenInterrupted } from '../../lib/model/process/interruption';
import { printable } from '../../lib/model/text/printable';
import { loadWithPackages } from '../project/registry';
import { MODEL_OF_STAGE, stageNamed, stagesNamed } from '../stage/stage-named';
import type { StageView } from '../stage/stage-view';
import { viewLines } from '../stage/view-lines';
import * as read from '../terminal/arguments';
import { print, printJson, printLine, progress } from '../terminal/output';

interface StatusFlags {
  stage?: string;
  model?: string;
  drift?: boolean;
  watch?: boolean;
  every: number;
  config: string;
  json?: boolean;
}

/** A stage that cannot be looked at, where others can. */
interface Unseen {
  readonly stage: string;
  readonly error: string;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'Say how a deployed stage stands, with your AWS credentials: its stack, the model package that it has beside that of ' +
        'this folder, what its last deployment failed of, instances in service and out of it, p99, errors and CPU of the ' +
        'last hour beside the plan, alarms, who is told of them, drift, and the bill so far by the plan. Without --stage all ' +
        'stages. Exit status 1 when a deployment failed, an alarm is on, or a stage cannot be read.',
    )
    .option('--stage <name>', 'a stage of slipway.yaml; without it all of them')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--drift', 'have CloudFormation look for what was changed beside it, which takes a minute or two')
    .option('--watch', 'look again and again, until Ctrl-C; where the output is no terminal, tell what has changed')
    .option('--every <time>', 'with --watch, how long to wait between two looks, e.g. 30s, 5m', read.time, 30)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print it as JSON; with --watch an object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway status\n  slipway status --stage prod --drift\n  slipway status --stage prod --watch --every 1m',
    )
    .action(async (flags: StatusFlags) => {
      if (flags.watch && flags.drift) {
        throw new SlipwayError('E_USAGE', 'drift is looked for once: leave out --watch or --drift');
      }
      const config = await loadWithPackages(flags.config);
      const stages = stagesOf(config, flags);
      const look = () => lookAt(config, stages, flags);
      if (flags.watch) await watch(look, flags);
      else {
        const views = await look();
        if (flags.json) printJson(flags.stage === undefined ? views : views.length === 1 ? views[0] : views);
        else print(linesOf(views).join('\n'));
        process.exitCode = exitStatus(views);
      }
    });
}

function stagesOf({ stages }: SlipwayConfig, { stage, model, config: file }: StatusFlags): readonly StageConfig[] {
  if (stage === undefined) {
    if (model === undefined) return stages;
    throw new SlipwayError('E_USAGE', `say with --stage where the model ${model} is`);
  }
  return model === undefined ? stagesNamed(stage, stages, file) : [stageNamed(stage, stages, file, model)];
}

type View = StageView | Unseen;

/** @throws SlipwayError E_AWS where there is one stage alone, and it cannot be read */
async function lookAt(
  config: SlipwayConfig,
  stages: readonly StageConfig[],
  { drift, watch: again }: StatusFlags,
): Promise<View[]> {
  const { stageView } = require('../stage/stage-view') as typeof import('../stage/stage-view');
  if (drift) progress('CloudFormation compares every resource with the template');
  const now = new Date();
  return Promise.all(
    stages.map((stage): Promise<View> => {
      const view = stageView(config, stage, { now, ...(drift && { drift: (ms: number) => wait(ms) }) });
      if (stages.length === 1 && !again) return view;
      return view.catch((error: unknown) => {
        if (!SlipwayError.is(error)) throw error;
        return { stage: endpointTitle(stage), error: error.message };
      });
    }),
  );
}

function linesOf(views: readonly View[]): string[] {
  return views.flatMap((view, i) => [
    ...(i > 0 ? [''] : []),
    ...('error' in view ? [`${view.stage}: NOT KNOWN: ${view.error}`] : viewLines(view)).map(printable),
  ]);
}

function exitStatus(views: readonly View[]): number {
  return views.some((view) => 'error' in view || view.failure || view.alarms.length > 0) ? 1 : 0;
}

/** Looks until it is interrupted; the exit status is that of the last look. */
async function watch(look: () => Promise<View[]>, { every, json }: StatusFlags): Promise<void> {
  const ended = new AbortController();
  whenInterrupted(() => ended.abort());
  const end = once(ended.signal);
  const terminal = process.stdout.isTTY && !json;
  let before: ReadonlySet<string> = new Set();
  while (!ended.signal.aborted) {
    const views = await Promise.race([look(), end]);
    if (!views) break;
    process.exitCode = exitStatus(views);
    const lines = json ? [] : linesOf(views);
    if (json) for (const view of views) printLine(JSON.stringify(view));
    else if (terminal) redraw([...lines, '', `${new Date().toISOString()}, again in ${every} s; Ctrl-C ends it`]);
    else {
      // what no longer holds is told by what holds instead
      for (const line of lines) if (line !== '' && !before.has(line)) printLine(`${new Date().toISOString()} ${line}`);
      before = new Set(lines);
    }
    await wait(1000 * every, undefined, { signal: ended.signal }).catch(() => {});
  }
}

function once(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

/** Over what stands there, line by line, so that nothing flickers. */
function redraw(lines: readonly string[]): void {
  process.stdout.write(`\x1b[H${lines.map((line) => `${printable(line)}\x1b[K\n`).join('')}\x1b[J`);
}
