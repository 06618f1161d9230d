// Tests of the rule data-planes-agree.

import rule from '../../rules/data-planes-agree.ts';
import { changed, healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);

testRule(rule, [
  {
    title: 'passes where they are the same, or not told',
    clusters: { east, west: without(west, 'Installation') },
    verdict: 'pass',
  },
  {
    title: 'notes where they differ',
    clusters: { east, west: changed(west, 'FelixConfiguration', 'default', { spec: { bpfEnabled: true } }) },
    verdict: 'pass',
    says: ['differ'],
    at: ['east Installation/default spec.calicoNetwork.linuxDataplane'],
    text: ['BPF (west), Iptables (east)'],
  },
]);
