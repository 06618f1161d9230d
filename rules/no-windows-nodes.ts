// Judges whether clusters of the mesh have Windows nodes. Reads nothing but the mesh.

import { defineRule, type Evidence, few, inside, isWindows, kubectl } from '../src/rule.ts';

export default defineRule({
  id: 'no-windows-nodes',
  title: 'No cluster of the mesh has Windows nodes',
  requirement: 'supported-version',
  severity: 'warning',
  compares: false,
  needs: [],
  evidence: ['nodes'],
  docs: {
    why: 'Federated endpoint identity and federated services do not work on Windows nodes: policies of their pods do not match remote workloads. VXLAN of Windows uses UDP port 4789 only, without CrossSubnet and without a setting for the MTU.',
    fix: 'Keep workloads that need the mesh off Windows nodes, or accept that policy by remote identity does not hold there.',
    sources: [
      {
        title: 'Calico Enterprise for Windows: limitations',
        url: 'https://docs.tigera.io/calico-enterprise/latest/getting-started/install-on-clusters/windows-calico/limitations',
        version: '3.23',
      },
    ],
  },
  messages: { windows: 'nodes of {cluster} run Windows, where federated identity is not supported: {nodes}' },
  *check({ clusters }, say) {
    for (const { name, nodes } of clusters) {
      const windows = nodes.items.filter(isWindows);
      const [first, ...others] = windows.map((n) => inside(n, ['metadata', 'name'], 'Windows node'));
      if (first) {
        const evidence: [Evidence, ...Evidence[]] = [first, ...others];
        const command = kubectl(name, 'get nodes -l kubernetes.io/os=windows');
        const fix = { title: 'keep workloads that need the mesh off these nodes', command };
        const data = { cluster: name, nodes: few(windows.map((n) => n.name.value)) };
        yield say.finding('windows', data, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});
