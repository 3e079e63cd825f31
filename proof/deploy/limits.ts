/** What an emulator cannot show, said at the end of every run so that a green proof is not read as more than it is. */

export const LIMITS: readonly (readonly [what: string, reason: string])[] = [
  [
    'instances boot, run their user data, verify digests and answer the health check',
    "no machine is started; that is the boot proof's part",
  ],
  [
    'an instance refresh waits for health checks, watches alarms, and gives up on instances that do not come up',
    'the emulator replaces them in its order, and new ones are healthy at once',
  ],
  ['the verification function judges a deployment', 'the emulator runs no function'],
  ['the certificate is issued because its DNS record is right', 'the emulator issues every certificate'],
  ['clients reach the endpoint through the load balancer', 'its listeners have an address and no socket'],
  [
    'a deployment that answers wrongly or slowly is rolled back',
    'no function is run; the test of the very function against a served model is that (test/verification)',
  ],
  ['alarms fire, and the mail arrives', 'no metric is recorded'],
  [
    'trust stores, origins of CloudFront in a network, and channels of Slack and Teams',
    "the emulator has no such services: what is asked of them is held against the description of AWS's API, and kept",
  ],
  ['IAM policies suffice', 'the emulator allows everything'],
  [
    'AWS accepts every property value, and the quotas suffice',
    'only cfn-lint and the built-in validation look at values',
  ],
];

/**
 * Resource types that the emulator does not make, with the reason. They are reported as not proved;
 * any other resource that is missing fails the proof.
 */
export const NOT_EMULATED: Readonly<Record<string, string>> = {};
