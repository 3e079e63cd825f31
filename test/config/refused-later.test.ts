/** What AWS would refuse in the middle of a deployment, or take and do otherwise than was meant, is refused with its line. */
import { configuration, mistakes, read, UUID, withLine } from './configuration';

const inZone = (name: string, zone = 'example.com', id = 'Z0123456789') =>
  `{ name: ${name}, zone: ${zone}, zoneId: ${id} }`;
const certificate = (arn: string) => `{ name: a.example.com, certificate: "${arn}" }`;
const NETWORK = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: '[eu-west-1a, eu-west-1b]',
  publicSubnetIds: '[subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2]',
  privateSubnetIds: '[subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2]',
};
const network = (change: Partial<typeof NETWORK>) =>
  `network: { ${Object.entries({ ...NETWORK, ...change })
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`;

test('the documents of this file are right but for what is changed', () => {
  expect(mistakes(withLine(network({})))).toEqual([]);
});

describe('domain and certificate', () => {
  test.each([
    [`arn:aws:acm:eu-west-1:222222222222:certificate/${UUID}`, /is of account 222222222222; .* account, 111111111111/],
    [`arn:aws:acm:eu-west-2:111111111111:certificate/${UUID}`, /is in eu-west-2; .* own region, eu-west-1/],
    [
      `arn:aws-cn:acm:eu-west-1:111111111111:certificate/${UUID}`,
      /is of the partition aws-cn, and eu-west-1 is in aws/,
    ],
    ['arn:aws:acm:eu-west-1:111111111111:certificate/0a', /must be the ARN of an ACM certificate/],
    [`arn:aws:iam::111111111111:server-certificate/x`, /must be the ARN of an ACM certificate/],
  ])('certificate %s', (arn, expected) => {
    const found = mistakes(configuration({ account: '111111111111', domain: certificate(arn) }));
    expect(found).toEqual([expect.stringMatching(/^9: stages\.dev\.domain\.certificate /)]);
    expect(found[0]).toMatch(expected);
  });

  test('a certificate of any account is taken where the account of the stage is not said', () => {
    expect(
      mistakes(configuration({ domain: certificate(`arn:aws:acm:eu-west-1:222222222222:certificate/${UUID}`) })),
    ).toEqual([]);
  });

  test('the certificate of the defaults is told by its own line', () => {
    const text = configuration({ account: '111111111111', domain: '{ name: a.example.com }' }).replace(
      'defaults:',
      `defaults:\n  domain: { certificate: "arn:aws:acm:eu-west-1:222222222222:certificate/${UUID}" }`,
    );
    expect(mistakes(text)).toEqual([
      expect.stringMatching(/^3: stages\.dev\.domain\.certificate is of account 222222222222/),
    ]);
  });

  test('a name is at most 253 characters, and one of more than 64 needs a short parent in its zone', () => {
    const label = (letter: string, length = 60) => letter.repeat(length);
    const long = `${label('a')}.${label('b')}.example.com`;
    expect(mistakes(configuration({ domain: inZone(long) }))).toEqual([]);
    const deep = `${label('b', 63)}.example.com`;
    expect(mistakes(configuration({ domain: inZone(`a.${deep}`, deep) }))).toEqual([
      expect.stringMatching(
        /^9: stages\.dev\.domain\.name has 77 characters and its zone 75: a certificate begins with a name of at most 64/,
      ),
    ]);
    const tooLong = `${Array.from({ length: 5 }, () => label('c')).join('.')}.example.com`;
    expect(mistakes(configuration({ domain: inZone(tooLong) }))[0]).toMatch(
      /domain\.name must be at most 253 characters, has 316, got "[c.]{79}\.\.\. \(318 characters\)$/,
    );
  });

  test('a hosted zone has one name', () => {
    const text = configuration(
      { domain: inZone('a.example.com') },
      { name: 'prod', domain: inZone('a.example.org', 'example.org') },
    );
    expect(mistakes(text)).toEqual([
      expect.stringMatching(
        /^13: stages\.prod\.domain\.zoneId is Z0123456789 for example\.org here, and for example\.com in dev/,
      ),
    ]);
  });
});

describe('one domain name in two stages', () => {
  const two = (one: object, other: object) =>
    mistakes(configuration({ name: 'dev', ...one }, { name: 'prod', ...other }));
  const arn = (account: string, region = 'eu-west-1') =>
    certificate(`arn:aws:acm:${region}:${account}:certificate/${UUID}`);

  test('is refused in one hosted zone, also from two regions: there is one record', () => {
    expect(two({}, { region: 'eu-west-2' })).toEqual([
      expect.stringMatching(
        /^13: stages\.prod\.domain\.name is a\.example\.com, which dev has already; one hosted zone has one record/,
      ),
    ]);
  });

  test('is refused in one account and region: there is one stack of a name', () => {
    const one = { account: '111111111111', domain: arn('111111111111') };
    expect(two(one, one)).toEqual([
      expect.stringMatching(/^14: .* in the same account and region: .* one would replace the other/),
    ]);
    expect(two({ domain: arn('111111111111') }, { domain: arn('111111111111') })).toHaveLength(1);
  });

  test('is refused where the accounts may be the same', () => {
    expect(two({ account: '111111111111', domain: arn('111111111111') }, { domain: arn('111111111111') })).toEqual([
      expect.stringMatching(/give both stages their account/),
    ]);
  });

  test('is taken in two accounts or regions with certificates of their own', () => {
    expect(
      two(
        { account: '111111111111', domain: arn('111111111111') },
        { account: '222222222222', domain: arn('222222222222') },
      ),
    ).toEqual([]);
    expect(
      two({ domain: arn('111111111111') }, { region: 'eu-west-2', domain: arn('111111111111', 'eu-west-2') }),
    ).toEqual([]);
  });
});

describe('network', () => {
  test.each([
    [
      { publicSubnetIds: '[subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa1]' },
      /publicSubnetIds\.1 is there already, got "subnet-0aaaaaaaaaaaaaaa1"/,
    ],
    [
      { privateSubnetIds: '[subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb1]' },
      /privateSubnetIds\.1 is there already/,
    ],
    [
      { privateSubnetIds: '[subnet-0aaaaaaaaaaaaaaa1, subnet-0bbbbbbbbbbbbbbb2]' },
      /privateSubnetIds\.0 is subnet-0aaaaaaaaaaaaaaa1, a public subnet too/,
    ],
    [{ availabilityZones: '[eu-west-1a, eu-west-1a]' }, /availabilityZones\.1 is there already/],
    [
      { availabilityZones: '[eu-west-1a, eu-west-2b]' },
      /availabilityZones\.1 is eu-west-2b, which is no zone of eu-west-1/,
    ],
    [{ availabilityZones: '[eu-west-1a, eu-west-1]' }, /availabilityZones\.1 must be an availability zone/],
    [{ availabilityZones: '[a, b]' }, /availabilityZones\.0 must be an availability zone, e\.g\. eu-west-1a, got "a"/],
    [{ availabilityZones: '[eu-west-1a]' }, /availabilityZones must name at least two zones/],
    [{ publicSubnetIds: '[]' }, /publicSubnetIds must name at least two subnets/],
    [{ vpcId: 'vpc-0123' }, /vpcId must be the id of a VPC/],
    [{ privateSubnetIds: '[subnet-01, subnet-02]' }, /privateSubnetIds\.0 must be the id of a subnet/],
  ])('%j', (change, expected) => {
    const found = mistakes(withLine(network(change)));
    expect(found.join('\n')).toMatch(expected);
    for (const mistake of found) expect(mistake).toMatch(/^10: stages\.dev\.network\./);
  });
});

describe('ids and places', () => {
  test.each([
    ['machineImage: ami-0123456789', /must be the id of an AMI/],
    ['machineImage: ami-0123456789ABCDEF0', /must be the id of an AMI/],
    ['account: "000000000000"', /there is none of twelve zeros/],
    [
      `access: { apiKeys: /k, encryptionKey: "arn:aws:kms:us-east-1:111111111111:key/${UUID}" }`,
      /encryptionKey is in us-east-1; .* own region, eu-west-1/,
    ],
    [
      `access: { apiKeys: /k, encryptionKey: "arn:aws-cn:kms:eu-west-1:111111111111:key/${UUID}" }`,
      /is of the partition aws-cn/,
    ],
    [
      'access: { apiKeys: /k, encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/1234" }',
      /must be the ARN of a KMS key/,
    ],
    [
      'access: { apiKeys: /k, encryptionKey: "arn:aws:kms:eu-west-1:111111111111:alias/mine" }',
      /must be the ARN of a KMS key/,
    ],
    ['access: { apiKeys: /aws/keys }', /must not begin with \/aws or \/ssm/],
    ['access: { apiKeys: /Ssm-keys }', /must not begin with \/aws or \/ssm/],
    ['access: { apiKeys: /a//b }', /must be the name of an SSM parameter/],
    ['access: { apiKeys: /a/ }', /must be the name of an SSM parameter/],
    [`access: { apiKeys: ${'/a'.repeat(16)} }`, /must have at most 15 levels, has 16/],
    [`access: { apiKeys: /${'a'.repeat(940)} }`, /must be at most 940 characters, has 941/],
    [
      'access: { apiKeys: /a, jwt: { issuer: "https://a", audience: b, keySet: /a } }',
      /keySet is \/a, which has the API keys/,
    ],
  ])('%s', (line, expected) => {
    const found = mistakes(withLine(line));
    expect(found).toEqual([expect.stringMatching(/^10: stages\.dev\./)]);
    expect(found[0]).toMatch(expected);
  });

  test('a key of several regions is known by its replica in this one', () => {
    const key = `arn:aws:kms:eu-west-1:111111111111:key/mrk-${'0a'.repeat(16)}`;
    expect(mistakes(withLine(`access: { apiKeys: /k, encryptionKey: "${key}" }`))).toEqual([]);
  });

  test.each([
    ['eu-wset-1', /must be an AWS region, got "eu-wset-1"; did you mean eu-west-1\?$/],
    ['eu-west-9', /did you mean eu-west-\d\?/],
    ['eu-west-1a', /this is one of its availability zones; the region is eu-west-1/],
    ['Ireland', /must be an AWS region, e\.g\. eu-west-1/],
  ])('region %s', (region, expected) => {
    expect(mistakes(configuration({ region }))[0]).toMatch(expected);
  });

  test.each(['eusc-de-east-1', 'us-gov-west-1', 'cn-north-1', 'ap-southeast-7'])('region %s is one', (region) => {
    expect(read(configuration({ region })).stages[0]!.region).toBe(region);
  });
});

describe('what is written into the boot script', () => {
  const jwt = (change: Record<string, string>) =>
    withLine(
      `access: { jwt: { ${Object.entries({ issuer: '"https://a"', audience: 'b', keySet: '/c', ...change })
        .map(([key, value]) => `${key}: ${value}`)
        .join(', ')} } }`,
    );

  test.each([
    [
      { audience: '"a\\nExecStartPre=/bin/reboot"' },
      /audience must have no control characters, has U\+000A, got "a\\nExecStartPre/,
    ],
    [{ audience: '"a\\0"' }, /audience must have no control characters, has U\+0000/],
    [{ audience: '"a\\rb"' }, /audience must have no control characters, has U\+000D/],
    [{ audience: '"a\\u2028b"' }, /audience must have no control characters, has U\+2028/],
    [{ issuer: '"https://a\\0b"' }, /issuer must have no control characters/],
    [{ issuer: '"https://a\\nUNIT"' }, /issuer must have no control characters/],
    [{ scope: '"a\\nb"' }, /scope must be one scope, without spaces, quotes and control characters/],
    [{ scope: 'x'.repeat(70_000) }, /scope must be at most 128 characters, has 70000/],
    [{ audience: 'x'.repeat(70_000) }, /audience must be at most 512 characters, has 70000/],
    [{ issuer: `https://${'x'.repeat(70_000)}` }, /issuer must be at most 512 characters/],
    [{ audience: '""' }, /audience must be the aud of the tokens/],
    [{ audience: '" "' }, /audience must be the aud of the tokens/],
  ])('%#', (change, expected) => {
    const found = mistakes(jwt(change));
    expect(found).toEqual([expect.stringMatching(expected)]);
    expect(found[0]!.length).toBeLessThan(300);
    expect(found[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe('who is notified', () => {
  const notify = (value: string) => mistakes(withLine(`monitoring: { notify: ${value} }`));

  test.each([
    ['[a@example.com, A@example.com]', /^10: stages\.dev\.monitoring\.notify\.1 is there already, got "A@example.com"/],
    ['[]', /^10: .*notify must be a list of e-mail addresses, or none to decline/],
    ['nobody', /^10: .*notify must be a list of e-mail addresses, or none to decline notifications.*, got "nobody"/],
    ['[ops]', /^10: .*notify\.0 must be an e-mail address, got "ops"/],
    ['[1]', /^10: .*notify\.0 must be an e-mail address, got 1/],
    [`[${'a'.repeat(65)}@example.com]`, /must be an e-mail address/],
    [`["a@${'b.'.repeat(130)}com"]`, /must be at most 254 characters/],
    ['["a\\n@example.com"]', /must be an e-mail address/],
  ])('%s', (value, expected) => {
    expect(notify(value)).toEqual([expect.stringMatching(expected)]);
  });

  test('a stack has 500 resources, and each address is one', () => {
    const addresses = (count: number) => `[${Array.from({ length: count }, (_, i) => `a${i}@example.com`).join(', ')}]`;
    expect(notify(addresses(1500))).toEqual([
      expect.stringMatching(/^10: .*notify must be at most 400 addresses, has 1500/),
    ]);
    expect(notify(addresses(400))).toEqual([]);
  });

  test.each(['ops@example.com', "o'brien+alarms@sub.example.co.uk", '_a@b-c.example'])(
    '%s is an address',
    (address) => {
      expect(notify(`["${address}"]`)).toEqual([]);
    },
  );
});
