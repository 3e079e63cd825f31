import { type Command, Option } from 'commander';
import { refreshedText } from '../../lib/report';
import type { Refreshed, RefreshRequest } from '../../lib/sizing/catalogue/refresh';
import { region } from '../arguments';
import { print, printJson, progress } from '../output';

interface RefreshFlags {
  region: string;
  source?: 'account' | 'public';
  out?: string;
  priceList?: string;
  json?: boolean;
}

export function addCatalog(program: Command): void {
  const catalog = program.command('catalog');
  catalog
    .command('refresh')
    .summary('renew the instance types and prices of a region')
    .description(
      'Ask AWS for the instance types that a region offers and for its prices, write them to the catalogue, and say what\n' +
        'changed. With AWS credentials: specs, zones, prices and spot prices of your account. Without: the prices of the public\n' +
        'price list, a download of hundreds of megabytes. If anything fails midway, the old catalogue stays.',
    )
    .requiredOption('--region <region>', 'AWS region, e.g. eu-west-1', region)
    .addOption(
      new Option(
        '--source <source>',
        'where to ask (default: account when there are credentials, else public)',
      ).choices(['account', 'public']),
    )
    .option('--out <file>', 'file to renew or to make (default: the one that "slipway plan" reads for the region)')
    .option('--price-list <url>', 'a mirror of the public price list (default: that of AWS)')
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', '\nExample:\n  slipway catalog refresh --region eu-west-1')
    .action(async (flags: RefreshFlags) => {
      const refreshed = await refresh(flags);
      if (flags.json) printJson(refreshed);
      else print(refreshedText(refreshed, flags.region));
    });
  for (const command of catalog.commands) command.exitOverride();
}

async function refresh({ region, source, out, priceList }: RefreshFlags): Promise<Refreshed> {
  // not loaded by the other commands: the AWS SDK takes longer than a plan
  const { accountError, accountOf, AccountPrices, missingCredentials, PublicPrices, refreshCatalogue } =
    require('../../lib/sizing/catalogue/refresh') as typeof import('../../lib/sizing/catalogue/refresh');
  const common = { region, ...(out !== undefined && { path: out }), onProgress: progress };
  const publicly = { ...common, prices: new PublicPrices(priceList, progress) } satisfies RefreshRequest;
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
