/**
 * Spot prices without credentials: the data behind the Spot Instance Advisor of AWS, which has for every type and region
 * what spot saved in the mean of the last month.
 */
import { SlipwayError } from '../../../model/error';

const SPOT_ADVISOR = 'https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json';

/** The document has about a megabyte. */
const TIMEOUT_MS = 60_000;

interface Advice {
  readonly spot_advisor?: Readonly<
    Record<string, { readonly Linux?: Readonly<Record<string, { readonly s?: unknown }>> }>
  >;
}

/** Where spot savings are read from. */
export interface SpotSavings {
  readonly source: string;
  /**
   * Share of the on-demand price that spot saves, 0 to 1, by instance type; none where the region is not in the list.
   *
   * @throws SlipwayError E_REFRESH when the list cannot be had, or is not of its form
   */
  savings(region: string): Promise<ReadonlyMap<string, number>>;
}

export class SpotAdvisor implements SpotSavings {
  readonly source = 'AWS Spot Instance Advisor (mean savings)';
  private document: Promise<Advice> | undefined;

  /** @param url of the document, or of a copy */
  constructor(private readonly url: string = SPOT_ADVISOR) {}

  async savings(region: string): Promise<ReadonlyMap<string, number>> {
    this.document ??= this.read();
    const { spot_advisor: regions } = await this.document;
    if (typeof regions !== 'object' || regions === null) throw this.broken('it has no spot_advisor');
    const found = new Map<string, number>();
    for (const [name, { s }] of Object.entries(regions[region]?.Linux ?? {})) {
      if (typeof s !== 'number' || s < 0 || s > 100) throw this.broken(`savings of ${name} are ${JSON.stringify(s)}`);
      if (s > 0 && s < 100) found.set(name, s / 100);
    }
    return found;
  }

  private async read(): Promise<Advice> {
    try {
      const response = await fetch(this.url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return ((await response.json()) ?? {}) as Advice;
    } catch (cause) {
      throw this.broken((cause as Error).message, cause);
    }
  }

  private broken(reason: string, cause?: unknown): SlipwayError {
    return new SlipwayError(
      'E_REFRESH',
      `${this.url} cannot be read (${reason}); try again, or leave spot prices out with --spot none`,
      { cause },
    );
  }
}
