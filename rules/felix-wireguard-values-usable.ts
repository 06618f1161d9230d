// Judges whether the WireGuard settings of Felix are values that work. Reads nothing but the mesh.

import {
  defineRule,
  encryptedControlPlanes,
  type FelixValue,
  fixOf,
  names,
  occurrences,
  wireguardOn,
} from '../src/rule.ts';

const isName = (value: FelixValue) => /\.cali(co)?$/.test(String(value));
const isPort = (value: FelixValue) => typeof value === 'number' && value >= 1 && value <= 65535;

const CHECKS = [
  { message: 'name', parameter: 'wireguardInterfaceName', isUsable: isName },
  { message: 'name', parameter: 'wireguardInterfaceNameV6', isUsable: isName },
  { message: 'range', parameter: 'wireguardListeningPort', isUsable: isPort },
  { message: 'range', parameter: 'wireguardListeningPortV6', isUsable: isPort },
] as const;

export default defineRule({
  id: 'felix-wireguard-values-usable',
  title: 'WireGuard has settings that Felix and the nodes can work with',
  requirement: 'aligned-wireguard',
  severity: 'warning',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations', 'nodes'],
  docs: {
    why: 'Felix knows its own devices by the end of their names: one with another name is treated as foreign. Host encryption on control-plane nodes can cut nodes off from the API server, from which they would learn the keys that they need to reach it.',
    fix: 'Give the interface a name that ends with .cali, use a UDP port between 1 and 65535, and leave wireguardHostEncryptionEnabled off unless the cluster runs on AKS or EKS.',
    limits: 'Control-plane nodes are known by their labels; where the Nodes were not read, nothing is said of them.',
    sources: [
      {
        title: 'FelixConfiguration: WireGuard interface names and host encryption',
        url: 'https://docs.tigera.io/calico-enterprise/3.20/reference/resources/felixconfig',
        version: '3.20',
      },
      {
        title: 'Encrypt data in transit: WireGuard',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/encrypt-cluster-pod-traffic',
        version: '3.23',
      },
    ],
  },
  messages: {
    name: '{parameter} is {value} in {clusters}, which ends neither with .cali nor with .calico',
    range: '{parameter} is {value} in {clusters}, which is not between 1 and 65535',
    controlPlane:
      'wireguardHostEncryptionEnabled is true in {cluster}, where WireGuard also runs on control-plane node {node}',
  },
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    if (wireguard !== 'used') return yield wireguard === 'unused' ? say.notApplicable(all) : say.pass(all);
    const on = clusters.filter(({ felix }) => wireguardOn(felix) === true);
    for (const { message, parameter, isUsable } of CHECKS) {
      for (const { value, clusters: same, evidence, repair } of occurrences(on, parameter, (v) => !isUsable(v))) {
        const data = { parameter, value: String(value), clusters: names(same) };
        yield say.finding(message, data, { clusters: same, evidence, fix: fixOf(repair) });
      }
    }
    for (const { cluster, node, evidence, repair } of encryptedControlPlanes(on)) {
      yield say.finding('controlPlane', { cluster, node }, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
    yield say.pass(all);
  },
});
