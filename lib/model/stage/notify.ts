/** Who is told of alarms. */

/** A channel of Slack, by the ids that its address in a browser shows. The workspace is joined with the account once, by hand. */
export interface SlackChannel {
  readonly slack: { readonly workspace: string; readonly channel: string };
}

/** A channel of Microsoft Teams, by the ids in the link to it. The tenant is joined with the account once, by hand. */
export interface TeamsChannel {
  readonly teams: { readonly tenant: string; readonly team: string; readonly channel: string };
}

/**
 * An e-mail address, an https address of a service such as PagerDuty, the name of an SSM parameter that holds such an address
 * and its key, or a channel.
 */
export type NotifyTarget = string | SlackChannel | TeamsChannel;

/** Who is told at once, and who in working hours. */
export interface NotifyBySeverity {
  readonly page: readonly NotifyTarget[];
  /** @default - nobody */
  readonly inform?: readonly NotifyTarget[];
}

/** Who is told, of both kinds of alarms or of each; or `none`: then the alarms are there, and nobody is told. */
export type Notify = readonly NotifyTarget[] | NotifyBySeverity | 'none';

/** What a text among the targets is. */
export function textKind(target: string): 'parameter' | 'https' | 'email' {
  if (target.startsWith('/')) return 'parameter';
  return /^https?:/i.test(target) ? 'https' : 'email';
}
