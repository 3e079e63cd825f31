import type { Command } from 'commander';
import { endpointUrl, shownUrl } from '../../lambda/verification/endpoint-url';
import { measurePace } from '../../lambda/verification/pace';
import { holds, verifyEndpoint } from '../../lambda/verification/replay';
import { servedFolders } from '../../lib/config/stage-versions';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { readModelPackage } from '../../lib/model/package/model-package';
import { isVariantName, TARGET_VARIANT_HEADER } from '../../lib/model/stage/variant';
import { MIB } from '../../lib/model/units';
import { verificationText } from '../../lib/report';
import { loadWithPackages } from '../project/registry';
import { stageNamed, stagesNamed } from '../stage/stage-named';
import { stageUrl } from '../stage/stage-url';
import * as read from '../terminal/arguments';
import { hint, print, printJson } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

interface VerifyFlags {
  model?: string;
  stage?: string;
  config: string;
  variant?: string;
  ca?: string;
  keyOverHttp?: true;
  p99?: number;
  json?: boolean;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'Send the golden rows of a model package to an endpoint, as any client would, and compare the answers with what ' +
        'scikit-learn gave, and the package that it serves with this one. Exit status 1 when one differs. An endpoint with ' +
        'access control gets the key or token of the environment variable SLIPWAY_KEY, over HTTPS or to this machine alone.',
    )
    .argument('[url]', 'the endpoint, e.g. https://credit.example.com; without it --stage')
    .option(
      '--model <folder>',
      'the model package that should be served there; with --stage the name of one of its models',
    )
    .option(
      '--stage <name>',
      'a stage of slipway.yaml, with the packages that it names: all models and versions, where it has several',
    )
    .option('--variant <name>', 'the variant that should answer, of an endpoint with `addVariant`; "main" is the first')
    .option('--config <file>', 'configuration file for --stage', 'slipway.yaml')
    .option('--ca <file>', 'PEM of a certificate authority to trust, for a local endpoint')
    .option(
      '--key-over-http',
      'send the key over plain HTTP to another machine too, where whoever is on the way reads it',
    )
    .option(
      '--p99 <duration>',
      'measure single rows too, and fail when p99 from here is longer, e.g. 60ms',
      read.duration,
    )
    .option('--json', 'print the result as JSON')
    .action(async (endpoint: string | undefined, flags: VerifyFlags) => {
      const trust = {
        ...(flags.ca !== undefined && { ca: readRegularFile(flags.ca, LONGEST_PEM).toString('utf8') }),
        ...(flags.keyOverHttp && { keyOverHttp: true }),
        ...(process.env[KEY_VARIABLE] && { key: process.env[KEY_VARIABLE] }),
        ...(flags.variant !== undefined && { headers: { [TARGET_VARIANT_HEADER]: variantOf(flags.variant) } }),
      };
      const results: object[] = [];
      for (const { url, folder } of await targets(endpoint, flags)) {
        const modelPackage = readModelPackage(folder);
        const replayed = await verifyEndpoint(url, modelPackage, trust);
        const { p99: limitMs } = flags;
        const pace = limitMs === undefined ? undefined : { ...(await measurePace(url, modelPackage, trust)), limitMs };
        const verification = { ...replayed, ...(pace && { pace }) };
        const held = holds(replayed) && (pace === undefined || pace.p99Ms <= pace.limitMs);
        if (flags.json) results.push({ url: shownUrl(url), holds: held, ...verification });
        else print(verificationText(url, verification));
        if (!held) process.exitCode = 1;
      }
      if (process.exitCode !== 1) {
        hint(
          flags.stage === undefined
            ? 'npx slipway status --stage with its stage'
            : `npx slipway status --stage ${shellWord(flags.stage)}`,
        );
      }
      if (flags.json) printJson(results.length === 1 ? results[0] : results);
    });
}

/** @throws SlipwayError E_USAGE unless an endpoint and its package are named, or a stage */
async function targets(
  endpoint: string | undefined,
  { stage, model, config: file }: VerifyFlags,
): Promise<{ readonly url: URL; readonly folder: string }[]> {
  if ((endpoint === undefined) === (stage === undefined)) {
    throw new SlipwayError('E_USAGE', 'name what to verify: the URL of an endpoint, or --stage');
  }
  if (stage === undefined) {
    const url = endpointUrl(endpoint!); // not by commander, whose message would show the password of a URL
    if (model === undefined) throw new SlipwayError('E_USAGE', 'name the package that should be served there: --model');
    return [{ url, folder: model }];
  }
  const { stages } = await loadWithPackages(file);
  const all = model === undefined ? stagesNamed(stage, stages, file) : [stageNamed(stage, stages, file, model)];
  const found = await Promise.all(
    all.map(async (one) => {
      const url = endpointUrl(await stageUrl(one));
      return servedFolders(one).map((folder) => ({ url, folder }));
    }),
  );
  return found.flat();
}

/** @throws SlipwayError E_USAGE for what no variant is called */
function variantOf(name: string): string {
  if (isVariantName(name)) return name;
  throw new SlipwayError(
    'E_USAGE',
    `--variant takes the name of a variant, of letters, digits and hyphens, got ${JSON.stringify(name)}`,
  );
}

/** Not an option: what stands on a command line, every user of the machine can read. */
const KEY_VARIABLE = 'SLIPWAY_KEY';

/** Bytes of a bundle of certificate authorities at most. */
const LONGEST_PEM = 16 * MIB;
