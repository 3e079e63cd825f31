/** A service of AWS PrivateLink, by which networks of others reach an internal endpoint. */
export interface PrivateLink {
  /** Who may connect: ids of accounts, and ARNs of IAM. */
  readonly allowedPrincipals: readonly string[];
  /** Whether somebody has to accept each connection. @default false */
  readonly acceptanceRequired?: boolean | undefined;
}

/** An account, or a user, a role or all of an account by their ARN. */
export const PRINCIPAL = /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:user|role)\/[\w+=,.@/-]+))$/;

export const PRINCIPAL_FORM =
  'must be the id of an account in quotes, or an ARN of IAM, e.g. arn:aws:iam::222222222222:role/caller';

/** Of an account all of it may connect. */
export const principalArn = (principal: string, partition: string) =>
  /^\d{12}$/.test(principal) ? `arn:${partition}:iam::${principal}:root` : principal;

/** Output of the stack with what others connect to. */
export const PRIVATE_LINK_OUTPUT = 'PrivateLinkService';
