// Judges whether a cluster with RemoteClusterConfigurations runs Istio in ambient mode. Reads nothing but the mesh.

import { decidedAt, defineRule, type Evidence, inside, kubectl } from '../src/rule.ts';

export default defineRule({
  id: 'no-istio-ambient',
  title: 'No cluster of the mesh runs Istio in ambient mode',
  requirement: 'supported-version',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['istios', 'felix', 'remotes'],
  docs: {
    why: 'Ambient mode redirects the traffic of pods to proxies of the node, which know nothing of remote clusters. The vendor does not support it in clusters of a mesh.',
    fix: 'Delete the Istio resource and set istioAmbientMode to Disabled, or delete the RemoteClusterConfigurations.',
    limits: 'Istio that was installed without the operator is not seen.',
    sources: [
      {
        title: 'Istio ambient mode: limitations',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/istio/deploy-istio-ambient#limitations',
        version: '3.23',
      },
    ],
  },
  messages: { ambient: '{cluster} runs Istio in ambient mode, which is not supported in a cluster mesh' },
  *check({ clusters, beforePeering }, say) {
    for (const { name, istios, felix, remotes } of clusters) {
      const mode = felix.parameters.istioAmbientMode.groups.find((g) => g.value === 'Enabled');
      const [first, ...others]: readonly Evidence[] = [
        ...istios.items.map((istio) => inside(istio, ['metadata', 'name'], 'Istio of the operator')),
        ...(mode ? [decidedAt(felix, 'istioAmbientMode', mode, 'ambient mode is on')] : []),
      ];
      yield say.pass([name]);
      if (!first) continue;
      const peers = remotes.items.slice(0, 1).map((r) => inside(r, ['metadata', 'name'], 'part of a mesh'));
      if (peers.length === 0 && !beforePeering) {
        if (remotes.state !== 'complete') yield say.missing(name, 'remotes');
        continue;
      }
      const evidence: [Evidence, ...Evidence[]] = [first, ...others, ...peers];
      const command = kubectl(name, 'delete istios.operator.tigera.io default');
      const fix = { title: 'drop ambient mode, or leave the cluster out of the mesh', command };
      yield say.finding('ambient', { cluster: name }, { clusters: [name], evidence, fix });
    }
  },
});
