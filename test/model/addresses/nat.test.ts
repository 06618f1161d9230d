// What leaves a cluster with a node's address: the comparison of ranges against every single packet.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlaps, type Range } from '../../../src/model/addresses/cidr.ts';
import { natViews } from '../../../src/model/addresses/nat.ts';
import { mesh } from '../../kit/mesh.ts';
import { ipPool } from '../../kit/objects.ts';

const cidr = fc
  .record({ n: fc.integer({ min: 0, max: 15 }), prefix: fc.integer({ min: 28, max: 32 }) })
  .map(({ n, prefix }) => `10.9.0.${n}/${prefix}`);
const pools = fc.array(
  fc.record({
    cidr,
    disabled: fc.boolean(),
    allowedUses: fc.constantFrom(['Workload', 'Tunnel'], ['Tunnel'], ['LoadBalancer']),
  }),
  { maxLength: 5 },
);

it('finds exactly the addresses of remote pods that Calico would NAT', () => {
  fc.assert(
    fc.property(pools, fc.array(cidr, { minLength: 1, maxLength: 3 }), (local, remote) => {
      const own = ipPool('own', '172.16.0.0/24', { natOutgoing: true });
      const read = mesh(
        {
          a: [own, ...local.map(({ cidr: range, ...spec }, i) => ipPool(`p${i}`, range, spec))],
          b: remote.map((range, i) => ipPool(`r${i}`, range)),
        },
        { routing: 'underlay', calicoVersion: '3.19', beforePeering: true },
      );
      const view = natViews(read).find(({ from }) => from.name === 'a');
      const packets = Array.from({ length: 16 }, (_, i): Range => {
        const address = 0x0a090000n + BigInt(i);
        return { family: 4, first: address, last: address };
      });
      const isIn = (to: Range, ranges: readonly Range[]) => ranges.some((range) => overlaps(range, to));
      const exempt = read.clusters[0]?.ipPools.items.filter((p) => !p.allowedUses.value.includes('LoadBalancer')) ?? [];
      const destinations = read.clusters[1]?.ipPools.items.flatMap((p) => p.range ?? []) ?? [];
      for (const to of packets) {
        const nated =
          isIn(to, destinations) &&
          !isIn(
            to,
            exempt.flatMap((p) => p.range ?? []),
          );
        expect(isIn(to, view?.uncovered ?? [])).toBe(nated);
      }
    }),
    { numRuns: 60 },
  );
});
