// The MTU that the operator reports for the pods of each cluster. No I/O.

import type { Cluster } from '../mesh.ts';
import { at, type Evidence, type Sourced } from '../resource.ts';
import { several } from '../wording.ts';
import { byName } from './alignment.ts';
import type { Repair } from './repair.ts';

/** Different observed MTUs, in the words of a finding. */
export interface ObservedMtus {
  readonly data: { readonly found: string; readonly expected: string };
  readonly clusters: readonly string[];
  readonly against: readonly string[];
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/**
 * Compares `status.mtu` of the Installations, where it is there: what the MTU of pods came to (Installation reference, 3.23). The value of
 * most clusters is what the others differ from; the smallest is what all of them can use.
 */
export function observedMtus(clusters: readonly Cluster<'installations'>[]): ObservedMtus | null {
  const byValue = new Map<number, { readonly cluster: string; readonly mtu: Sourced<number> }[]>();
  for (const { name, installations } of byName(clusters)) {
    const mtu = installations.items.find(({ ref }) => ref.name === 'default')?.statusMtu;
    if (mtu) byValue.set(mtu.value, [...(byValue.get(mtu.value) ?? []), { cluster: name, mtu }]);
  }
  const sides = [...byValue].sort(([a, held], [b, others]) => others.length - held.length || a - b);
  const [[, most] = [], [, second] = []] = sides;
  if (!most || !second) return null;
  const odd = most.length > second.length ? sides.slice(1) : sides;
  const others = sides.filter((side) => !odd.includes(side));
  const [found = '', ...expected] = [...odd, ...others].map(
    ([v, held]) => `${v} in ${several(held.map((h) => h.cluster))}`,
  );
  const [first, ...rest] = [...odd, ...others].flatMap(([, held]) => held);
  if (!first) return null;
  const smallest = Math.min(...byValue.keys());
  const clustersOf = (part: typeof sides) => part.flatMap(([, held]) => held.map((h) => h.cluster)).sort();
  const patch = JSON.stringify({ spec: { calicoNetwork: { mtu: smallest } } });
  return {
    data: { found, expected: expected.join('; ') },
    clusters: clustersOf(odd),
    against: clustersOf(others),
    evidence: [
      at(first.mtu, `the MTU of pods is ${first.mtu.value}`),
      ...rest.map(({ mtu }) => at(mtu, `the MTU of pods is ${mtu.value}`)),
    ],
    repair: {
      title: `set the MTU of the Installation to ${smallest} in every cluster`,
      cluster: first.cluster,
      command: ['patch', 'installations.operator.tigera.io', 'default', '--type', 'merge', '-p', patch],
      patch: null,
    },
  };
}
