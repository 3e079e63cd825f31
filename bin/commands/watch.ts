import { dirname, join, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../lib/config/load';

import { SlipwayError } from '../../lib/model/error';
import { replaceFile } from '../../lib/model/files/replace-file';
import { watchedStage } from '../../lib/watching/stage/watched-stage';
import { WATCHERS, type WatcherName } from '../../lib/watching/watchers';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import { stageUrl } from '../stage/stage-url';
import { print } from '../terminal/output';

interface WatchFlags {
  for: WatcherName;
  stage: string;
  model?: string;
  out: string;
  config: string;
  instance: string[];
  documents: string;
}

/** What stands in a file of others: an address or a name, and nothing that could be more. */
const ADDRESS = /^[\w.:-]{1,253}$/;

/** Watchers know hosts: two of one name would be one. */
const PATH_IS_NO_HOST =
  'watchers tell endpoints by the name of their host, and this model has a path; give it a name of its own with host';

function instance(text: string, before: string[]): string[] {
  if (ADDRESS.test(text)) return [...before, text];
  throw new InvalidArgumentError('It must be the address of an instance, e.g. 10.0.1.7.');
}

function documents(text: string): string {
  const address = text.endsWith('/') ? text : `${text}/`;
  if (/^https?:\/\/[^\s"'<>\\;!]+$/.test(address)) return address;
  throw new InvalidArgumentError('It must be an address, e.g. https://git.example.com/credit/blob/main/.');
}

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description(
      'Write what another watcher needs for a stage: the same alarms as in CloudWatch, with the thresholds of the plan, the ' +
        'first step and the section of the runbook. Alarms that it cannot see are listed.',
    )
    .addOption(new Option('--for <watcher>', 'who watches').choices(Object.keys(WATCHERS)).makeOptionMandatory())
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--model <name>', MODEL_OF_STAGE)
    .requiredOption('--out <folder>', 'where the files are written; those of the same names are replaced')
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option(
      '--instance <address>',
      'an instance, for Nagios and for Prometheus without discovery; repeat it',
      instance,
      [],
    )
    .option('--documents <url>', 'where your repository can be read, for links to docs/runbook.md', documents, '')
    .addHelpText(
      'after',
      `
Examples:
  slipway watch --for prometheus --stage prod --out prometheus
  slipway watch --for nagios --stage prod --out nagios --instance 10.0.1.7 --instance 10.0.2.9`,
    )
    .action(async (flags: WatchFlags) => {
      const config = loadConfig(flags.config);
      const endpoint = stageNamed(flags.stage, config.stages, flags.config, flags.model);
      if (endpoint.place?.path !== undefined) throw new SlipwayError('E_USAGE', PATH_IS_NO_HOST);
      const stage = watchedStage(config, endpoint, {
        folder: dirname(flags.config),
        address: (await stageUrl(endpoint)).replace('https://', ''),
        instances: flags.instance,
        documents: flags.documents,
      });
      const { files, unwatched } = WATCHERS[flags.for];
      for (const [name, text] of Object.entries(files(stage))) {
        const path = join(flags.out, name);
        replaceFile(path, text, { folders: true });
        print(`wrote ${relative('', path)}`);
      }
      for (const [{ symptom }, because] of unwatched(stage)) print(`not watched: ${symptom} (${because})`);
    });
}
