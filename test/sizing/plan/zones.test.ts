import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCatalogueFile } from '../../../lib/sizing/catalogue/file';
import { balancerZones, fleetZones, NETWORK_ZONES } from '../../../lib/sizing/plan/zones';

const known = ['use1-az2', 'use1-az4', 'use1-az6'];

describe('an endpoint stands', () => {
  test('in zones that offer its instance type', () => {
    const plan = { zones: 2, networkZones: known, offeredIn: ['use1-az4', 'use1-az6'] };
    expect(fleetZones(plan)).toEqual(['use1-az4', 'use1-az6']);
    expect(balancerZones(plan)).toEqual(['use1-az4', 'use1-az6']);
  });

  test('with its load balancer in a second zone where the instances have one', () => {
    const plan = { zones: 1, networkZones: known, offeredIn: ['use1-az6'] };
    expect(fleetZones(plan)).toEqual(['use1-az6']);
    expect(balancerZones(plan)).toEqual(['use1-az6', 'use1-az2']);
  });

  test('in the first zones of its network where nobody knows which offer the type', () => {
    expect(fleetZones({ zones: 2, networkZones: known, offeredIn: [] })).toEqual(['use1-az2', 'use1-az4']);
  });
});

test.each(Object.entries(NETWORK_ZONES))(
  'the zones of %s are of it, and each offers instance types',
  (region, zones) => {
    expect(zones).toEqual([...new Set(zones)].sort());
    expect(zones.length === 3 || region === 'us-west-1').toBe(true);
    const file = join(__dirname, '../../../lib/sizing/catalogue/regions', `${region}.json`);
    const offered = new Set(parseCatalogueFile(readFileSync(file, 'utf8'), region).types.flatMap((type) => type.zones));
    for (const zone of zones) expect(offered).toContain(zone);
  },
);
