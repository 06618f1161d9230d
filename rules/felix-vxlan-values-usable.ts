// Judges whether the VXLAN settings of Felix are values that work. Reads nothing but the mesh.

import { defineRule, fixOf, listedRemoteNodes, names, occurrences } from '../src/rule.ts';

/** A UDP port, and 24 bits of VNI (RFC 7348). Felix itself enforces neither. */
const LIMITS = [
  { parameter: 'vxlanPort', builtIn: 4789, most: 65535 },
  { parameter: 'vxlanVNI', builtIn: 4096, most: 16777215 },
] as const;

export default defineRule({
  id: 'felix-vxlan-values-usable',
  title: 'vxlanPort and vxlanVNI have values that VXLAN can use',
  requirement: 'aligned-vxlan',
  severity: 'warning',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations', 'nodes'],
  docs: {
    why: 'Felix stores any number. With 0 the kernel takes defaults of its own, a number that is too large names no UDP port or VNI, and the port of egress gateways is taken by another VXLAN device of the node.',
    fix: 'Use a UDP port between 1 and 65535 that nothing else uses, 4789 unless there is a reason, and a VNI between 1 and 16777215, 4096 unless there is a reason; the same in every cluster.',
    example: 'spec:\n  vxlanPort: 4789\n  vxlanVNI: 4096',
    sources: [
      {
        title: 'FelixConfiguration: vxlanPort, vxlanVNI and egressIPVXLANPort; externalNodesList',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.24',
      },
      {
        title: 'FelixConfiguration, older reference: 0 stands for the default of the kernel',
        url: 'https://docs.tigera.io/calico-enterprise/3.20/reference/resources/felixconfig',
        version: '3.20',
      },
    ],
  },
  messages: {
    zero: '{parameter} is 0 in {clusters}, which stands for the default of the kernel and not for {builtIn}',
    range: '{parameter} is {value} in {clusters}, which is not between 1 and {most}',
    egress: 'vxlanPort is {value} in {clusters}, which is also the port of egress gateways, egressIPVXLANPort',
    listed: {
      text: 'externalNodesList of {cluster} holds {entry}, with node {node} of {other}, which the overlay does not need',
      severity: 'note',
    },
  },
  *check({ clusters, vxlan }, say) {
    const all = clusters.map(({ name }) => name);
    if (vxlan !== 'used') return yield vxlan === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { parameter, builtIn, most } of LIMITS) {
      const unusable = occurrences(clusters, parameter, (n) => typeof n === 'number' && !(n >= 1 && n <= most));
      for (const { value, clusters: same, evidence, repair } of unusable) {
        const data = { parameter, builtIn, most, value: String(value), clusters: names(same) };
        const spec = { clusters: same, evidence, fix: fixOf(repair) };
        yield say.finding(value === 0 ? 'zero' : 'range', data, spec);
      }
    }
    const shared = occurrences(clusters, 'vxlanPort', (port, { felix }) =>
      felix.parameters.egressIPVXLANPort.groups.some(({ value }) => value === port),
    );
    for (const { value, clusters: same, evidence, repair } of shared) {
      const data = { value: String(value), clusters: names(same) };
      yield say.finding('egress', data, { clusters: same, evidence, fix: fixOf(repair) });
    }
    for (const { evidence, ...data } of listedRemoteNodes(clusters)) {
      yield say.finding('listed', data, { clusters: [data.cluster], against: [data.other], evidence });
    }
    yield say.pass(all);
  },
});
