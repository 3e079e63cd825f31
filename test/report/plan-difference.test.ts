import { type Deployment, type PlannedStage, planDifferenceText, refusedChanges } from '../../lib/report';
import { functionPlan, type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { catalogueOf, MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

function planned(name: string, ms: number, level: Partial<ServiceLevel> = {}): PlannedStage {
  const stage = { name, region: 'us-east-1', serviceLevel: serviceLevel(level), profile: steadyProfile(ms) };
  return { ...stage, outcome: sizingPlan({ ...stage, manifest: manifestOf(), catalogue: MIXTURE }) };
}

test('a slower model and more traffic: old and new fleet, the bill, and what moved them', () => {
  const text = planDifferenceText('main', [
    { before: planned('dev', 4), after: planned('dev', 4) },
    { before: planned('prod', 4), after: planned('prod', 9, { requestsPerSecond: 400, budgetUsdPerMonth: 5000 }) },
  ]);
  expect(text).toMatchSnapshot();
});

test('where nothing changes there are no reasons', () => {
  const text = planDifferenceText('main', [{ before: planned('dev', 4), after: planned('dev', 4) }]);
  expect(text).toContain('| dev | ');
  expect(text).toContain('| the same | ');
  expect(text).not.toContain('**dev**');
});

test('stages that come and go are named, and one without a fleet says why', () => {
  const nowhere: PlannedStage = { ...planned('huge', 4), outcome: { infeasible: 'p99 of 1 ms cannot be kept' } };
  const text = planDifferenceText('main', [
    { after: planned('new', 4) },
    { before: planned('old', 4) },
    { before: planned('huge', 4), after: nowhere },
  ]);
  expect(text).toMatch(/\| new \| none \| \d+ x \S+ \| - → [\d.]+ \| - → [\d.]+ ms \|/);
  expect(text).toMatch(/\| old \| \d+ x \S+ \| none \|/);
  expect(text).toContain('**old** is gone: its stacks stay in AWS until somebody destroys them.');
  expect(text).toContain('- no fleet: p99 of 1 ms cannot be kept');
});

test('a stage that has no fleet any more does not look like money saved', () => {
  const [dev, prod] = [planned('dev', 4), planned('prod', 4)];
  const nowhere: PlannedStage = { ...prod, outcome: { infeasible: 'p99 of 1 ms cannot be kept' } };
  const text = planDifferenceText('main', [
    { before: dev, after: dev },
    { before: prod, after: nowhere },
  ]);
  const { usdPerMonth } = (dev.outcome as SizingPlan).cost;
  expect(text).toContain(`All stages but prod together: ${usdPerMonth.toFixed(2)} USD/month.`);
  expect(text).not.toContain('not known');
  expect(planDifferenceText('main', [{ before: nowhere, after: nowhere }])).toMatch(
    /^No stage has a bill to compare\.$[\s\S]*^- no fleet: p99 of 1 ms/m,
  );
});

test('another bill is told line by line, each with why', () => {
  const manifest = { ...manifestOf(), training: { sha256: 'c'.repeat(64), bytes: 1 } };
  const before = planned('prod', 4);
  const { profile, serviceLevel: level, region } = before;
  const outcome = sizingPlan({ profile, serviceLevel: level, region, manifest, catalogue: MIXTURE });
  const text = planDifferenceText('main', [{ before, after: { ...before, outcome } }]);
  expect(text).toContain('- bill, data quality metrics: +1.20 USD/month (new)');
  expect(text).toMatch(/^- bill, alarms: \+0\.10 USD\/month \(\d+ → \d+ metric\)$/m);
});

test('of a fleet that is Spot in part, what changed on demand is told beside what changed of Spot', () => {
  const whole = catalogueOf('c7a.medium');
  const types = whole.types.map((type) => ({ ...type, spotUsdPerHour: 0.4 * type.usdPerHour }));
  const of = (onDemandBase: number): PlannedStage => {
    const purchase = { onDemandBase, spotPercent: 100 };
    const stage = planned('prod', 4, { requestsPerSecond: 900 });
    const level = { ...stage.serviceLevel, purchase };
    const catalogue = { ...whole, types, spotCapturedAt: '2026-10-01' };
    const { profile, region } = stage;
    const outcome = sizingPlan({ profile, region, serviceLevel: level, manifest: manifestOf(), catalogue });
    return { ...stage, serviceLevel: level, outcome };
  };
  const [before, after] = [of(2), of(3)];
  const { lines } = (after.outcome as SizingPlan).cost;
  expect(lines.filter(({ unit }) => unit === 'instance')).toHaveLength(2);
  const text = planDifferenceText('main', [{ before, after }]);
  expect(text).toMatch(/^- bill, instances: \+\d+\.\d\d USD\/month \(2 x c7a\.medium, on demand → 3 x/m);
  expect(text).toMatch(/^- bill, Spot instances: −\d+\.\d\d USD\/month \(\d+ x c7a\.medium, Spot → \d+ x/m);
});

describe('what a plan does not hold', () => {
  const stacks = ['a-endpoint', 'a-network'];
  const place = 'us-east-1';
  const told = (before: Deployment, after: Deployment) =>
    planDifferenceText('main', [
      { before: { ...planned('prod', 4), deployment: before }, after: { ...planned('prod', 4), deployment: after } },
    ]);

  test('a machine image that moved', () => {
    const one = { place, domainName: 'a.example.com', stacks };
    expect(
      told({ ...one, machineImage: 'ami-1 (2026-11-02)' }, { ...one, machineImage: 'ami-2 (2026-11-20)' }),
    ).toContain('- machine image, so all instances are replaced: ami-1 (2026-11-02) → ami-2 (2026-11-20)');
    expect(told(one, { ...one, machineImage: 'ami-2' })).toContain('the newest of the day → ami-2');
  });

  test('another name leaves the old stacks behind, and it is said how to remove them', () => {
    const text = told(
      { place, domainName: 'a.example.com', stacks },
      { place, domainName: 'b.example.com', stacks: [] },
    );
    expect(text).toContain('**the name of the endpoint: a.example.com → b.example.com.**');
    expect(text).toContain('--stack-name" for a-endpoint, then a-network');
  });

  test.each([
    [undefined, 'vpc-1', 'a network of its own, zones z1 z2 → vpc-1'],
    ['vpc-1', undefined, 'vpc-1 → a network of its own, zones z1 z2'],
    ['vpc-1', 'vpc-2', 'vpc-1 → vpc-2'],
  ])(
    'a running endpoint that moves from network %s to %s is refused by CloudFormation, and the way is named',
    (from, to, text) => {
      const of = (vpcId: string | undefined) => ({
        place,
        domainName: 'a.example.com',
        stacks,
        ...(vpcId ? { vpcId } : { zones: ['z1', 'z2'] }),
      });
      expect(told(of(from), of(to))).toContain(`**the network: ${text}.**`);
      expect(told(of(from), of(from))).not.toContain('**the network');
      expect(told(of(undefined), { ...of(undefined), cidr: '10.1.0.0/16' })).toContain(
        'its own, zones z1 z2 → a network of its own, 10.1.0.0/16, zones z1 z2.**',
      );
    },
  );

  test.each<[Partial<Deployment>, RegExp]>([
    [{ place: 'eu-west-1' }, /^the place: us-east-1 → eu-west-1\..* new stacks there/],
    [{ domainName: 'b.example.com' }, /^the name of the endpoint: a\.example\.com → b\.example\.com\./],
    [{ backendTls: true }, /^the way to the instances: HTTP → HTTPS\..* would be down until all are new/],
    [
      { balancer: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/shared/0123456789abcdef' },
      /^the load balancer: its own → yours, app\/shared\/0123456789abcdef\. A target group cannot move to another/,
    ],
    [{ cidr: '10.1.0.0/16' }, /^the network: .*Subnets that are in use/],
    [{ zones: ['z1', 'z3'] }, /^the network: a network of its own, zones z1 z2 → a network of its own, zones z1 z3\./],
    [{ zones: ['z2', 'z1'] }, /^the network: /],
  ])('%j is refused, with the way to do it', (change, why) => {
    const before = { place, domainName: 'a.example.com', stacks, zones: ['z1', 'z2'] };
    const stage = planned('prod', 4);
    const changes = [
      { before: { ...stage, deployment: before }, after: { ...stage, deployment: { ...before, ...change } } },
    ];
    const [refused] = refusedChanges(changes);
    expect(refused).toEqual({ stage: 'prod', why: expect.stringMatching(why) });
    expect(refused!.why).toMatch(/remove the old one: "aws cloudformation delete-stack --stack-name" for a-endpoint/);
    expect(refusedChanges([{ before: changes[0]!.before, after: changes[0]!.before }])).toEqual([]);
  });
});

describe('a stage that is a function', () => {
  const machine = { ...steadyProfile(1).machine, engine: 'native 1', engineKind: 'native' as const };
  const place = { place: 'us-east-1', domainName: 'credit-dev', stacks: ['credit-dev-endpoint'] };

  function served(requestsPerSecond: number): PlannedStage {
    const level = { ...serviceLevel({ requestsPerSecond, p99Ms: 300 }), availability: 'single' as const };
    const stage = { name: 'dev', region: 'us-east-1', serviceLevel: level, profile: steadyProfile(0.2, { machine }) };
    const outcome = functionPlan({ ...stage, manifest: manifestOf() });
    return { ...stage, outcome, deployment: { ...place, compute: 'lambda' } };
  }

  test('is told with its memory, its bill line by line, and no machine image', () => {
    const text = planDifferenceText('main', [{ before: served(2), after: served(4) }]);
    expect(text).toMatch(/\| dev \| a function of \d+ MB \| (?:the same|a function of \d+ MB) \| [\d.]+ → [\d.]+ \(\+/);
    expect(text).toMatch(/- bill, requests to the function: \+1\.05 USD\/month \(5\.256 → 10\.51 million\)/);
    expect(text).toMatch(
      /- decided by: \d+ MB cost least of those that keep the service level; a cold start takes \d+ ms/,
    );
    expect(text).not.toContain('machine image');
    expect(planDifferenceText('main', [{ before: served(2), after: served(2) }])).not.toContain('**dev**');
  });

  test('takes no other place than that of a new stage, since clients call another address', () => {
    const instances: PlannedStage = { ...planned('dev', 4), deployment: { ...place, zones: [] } };
    const [refused] = refusedChanges([{ before: instances, after: served(2) }]);
    expect(refused!.why).toMatch(/^what answers: instances → a function\. Clients call another address/);
    expect(refusedChanges([{ before: served(2), after: instances }])[0]!.why).toContain('a function → instances');
    expect(refusedChanges([{ before: served(2), after: served(4) }])).toEqual([]);
  });
});
