import { type Command, Option } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { refreshedText } from '../../lib/report';
import { catalogueRegions } from '../../lib/sizing/catalogue/catalogue';
import type { Refreshed, RefreshRequest } from '../../lib/sizing/catalogue/refresh';
import { region } from '../terminal/arguments';
import { print, printJson, progress } from '../terminal/output';

const ALL = 'all';
const regionOrAll = (text: string) => (text === ALL ? text : region(text));

interface RefreshFlags {
  region: string;
  source?: 'account' | 'public';
  out?: string;
  priceList?: string;
  spot?: string;
  json?: boolean;
}

export function addCatalog(program: Command): void {
  const catalog = program.command('catalog');
  catalog
    .command('refresh')
    .summary('renew the instance types and prices of a region')
    .description(
      'Ask AWS for the instance types that a region offers and for its prices, write them to the catalogue, and say what ' +
        'changed. With AWS credentials: specs, zones, prices and spot prices of your account. Without: the prices of the public ' +
        'price list, a download of hundreds of megabytes, and what spot saves, of the Spot Instance Advisor; zones stay. ' +
        'If anything fails midway, the old catalogue stays.',
    )
    .requiredOption('--region <region>', 'AWS region, e.g. eu-west-1, or all that have a catalogue', regionOrAll)
    .addOption(
      new Option(
        '--source <source>',
        'where to ask (default: account when there are credentials, else public)',
      ).choices(['account', 'public']),
    )
    .option('--out <file>', 'file to renew or to make (default: the one that "slipway plan" reads for the region)')
    .option('--price-list <url>', 'a mirror of the public price list (default: that of AWS)')
    .option(
      '--spot <url>',
      "a copy of the Spot Instance Advisor's data, or none to leave spot prices out (default: that of AWS)",
    )
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', '\nExample:\n  slipway catalog refresh --region eu-west-1')
    .action(async (flags: RefreshFlags) => {
      if (flags.region === ALL) return refreshAll(flags);
      const refreshed = await refresh(flags);
      if (flags.json) printJson(refreshed);
      else print(refreshedText(refreshed, flags.region));
    });
  for (const command of catalog.commands) command.exitOverride();
}

/** Every region that has a catalogue. One that fails keeps its own, and the others are renewed. */
async function refreshAll(flags: RefreshFlags): Promise<void> {
  if (flags.out !== undefined)
    throw new SlipwayError('E_USAGE', '--out names one file; leave it out with --region all');
  const done: Record<string, Refreshed> = {};
  const problems: string[] = [];
  for (const region of catalogueRegions()) {
    try {
      done[region] = await refresh({ ...flags, region });
      if (!flags.json) print(refreshedText(done[region], region));
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      problems.push(`${region}: ${error.message}`);
    }
  }
  if (flags.json) printJson(done);
  if (problems.length === 0) return;
  throw new SlipwayError('E_REFRESH', `${problems.length} regions are not renewed, their catalogues stay`, {
    problems,
  });
}

async function refresh({ region, source, out, priceList, spot }: RefreshFlags): Promise<Refreshed> {
  // not loaded by the other commands: the AWS SDK takes longer than a plan
  const {
    accountError,
    accountOf,
    AccountPrices,
    missingCredentials,
    PublicPrices,
    publicPriceList,
    refreshCatalogue,
    SpotAdvisor,
  } = require('../../lib/sizing/catalogue/refresh') as typeof import('../../lib/sizing/catalogue/refresh');
  const common = { region, ...(out !== undefined && { path: out }), onProgress: progress };
  const publicly = {
    ...common,
    prices: new PublicPrices(priceList ?? publicPriceList(region), progress),
    ...(spot !== 'none' && { spot: new SpotAdvisor(spot) }),
  } satisfies RefreshRequest;
  if (source === 'public') return refreshCatalogue(publicly);
  const account = accountOf(region);
  const missing = await missingCredentials(account);
  if (missing !== undefined && source === undefined) {
    progress(`no AWS credentials (${missing}), so prices alone, from the public price list`);
    return refreshCatalogue(publicly);
  }
  try {
    return await refreshCatalogue({ ...common, ec2: account.ec2, prices: new AccountPrices(account.pricing) });
  } catch (error) {
    throw accountError(error);
  }
}
