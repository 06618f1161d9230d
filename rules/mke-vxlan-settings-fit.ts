// Judges what the operator and Docker Swarm do to VXLAN on Mirantis Kubernetes Engine. Reads nothing but the mesh.

import {
  at,
  type Cluster,
  decidedAt,
  defineRule,
  type InstallationFacts,
  isSettled,
  kubectl,
  tellDataPlane,
} from '../src/rule.ts';

/** What the operator writes into FelixConfiguration default on MKE (operator v1.42, setDefaultsOnFelixConfiguration). */
const MKE_VNI = 10000;
/** Swarm's own VXLAN has this port (docs, operations/ebpf/troubleshoot-ebpf, 3.23). */
const SWARM_PORT = 4789;

export default defineRule({
  id: 'mke-vxlan-settings-fit',
  title: 'On MKE, VXLAN has a VNI that is set and a port that Swarm leaves free',
  requirement: 'supported-version',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['installations', 'felix'],
  docs: {
    why: 'On MKE the operator writes vxlanVNI 10000 where manifests leave it unset, so a cluster that looks aligned is not once it is installed. With the eBPF data plane vxlan.calico cannot have port 4789, which Docker Swarm uses, and stays down.',
    fix: 'Set vxlanVNI in every cluster to the same value, and with eBPF on MKE another vxlanPort in every cluster.',
    limits:
      'The VNI is judged for manifests only: in stored state the operator has written it, and alignment is judged there.',
    sources: [
      {
        title: 'Troubleshoot eBPF: VXLAN device down on MKE',
        url: 'https://docs.tigera.io/calico-enterprise/latest/operations/ebpf/troubleshoot-ebpf#mke-vxlan-device-down',
        version: '3.23',
      },
      {
        title: 'operator pkg/controller/installation/core_controller.go: setDefaultsOnFelixConfiguration',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/controller/installation/core_controller.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    becomes: 'vxlanVNI of {cluster} is unset, so the operator makes it 10000 on MKE; other clusters have {others}',
    swarmPort: 'vxlanPort of {cluster} is 4789, which Docker Swarm keeps from the eBPF data plane on MKE',
  },
  *check({ clusters, vxlan }, say) {
    yield say.pass(clusters.map((c) => c.name));
    for (const cluster of vxlan === 'used' ? clusters : []) {
      const { name, felix, installations } = cluster;
      const mke = installations.items.find(isOnMke);
      if (!mke?.kubernetesProvider) continue;
      const platform = at(mke.kubernetesProvider, 'MKE');
      const vni = isSettled(felix, 'vxlanVNI') ? felix.parameters.vxlanVNI.groups.find((g) => !g.setting) : undefined;
      const others = [...new Set(clusters.filter((c) => c !== cluster && !isMke(c)).flatMap(valuesOfVNI))];
      if (vni && mke.uid === null && others.some((value) => value !== MKE_VNI)) {
        const evidence = [decidedAt(felix, 'vxlanVNI', vni, 'unset'), platform] as const;
        const patch = JSON.stringify({ spec: { vxlanVNI: others[0] } });
        const command = kubectl(name, ['patch', 'felixconfiguration', 'default', '--type', 'merge', '-p', patch]);
        const fix = { title: 'set vxlanVNI to the value of the other clusters', command };
        yield say.finding('becomes', { cluster: name, others: others.join(', ') }, { clusters: [name], evidence, fix });
      }
      const port = felix.parameters.vxlanPort.groups.find((g) => g.value === SWARM_PORT);
      const plane = tellDataPlane(cluster);
      // From 3.22 on the operator writes another port where none is set.
      if (port?.setting && plane?.name === 'BPF') {
        const evidence = [decidedAt(felix, 'vxlanPort', port, 'taken by Swarm'), platform, plane.evidence] as const;
        const patch = JSON.stringify({ spec: { vxlanPort: 8472 } });
        const command = kubectl(name, ['patch', 'felixconfiguration', 'default', '--type', 'merge', '-p', patch]);
        const fix = { title: 'set another vxlanPort, the same in every cluster', command };
        yield say.finding('swarmPort', { cluster: name }, { clusters: [name], evidence, fix });
      }
    }
  },
});

function isMke({ installations }: Cluster<'installations'>): boolean {
  return installations.items.some(isOnMke);
}

function isOnMke({ kubernetesProvider }: InstallationFacts): boolean {
  return kubernetesProvider?.value === 'DockerEnterprise';
}

function valuesOfVNI({ felix }: Cluster<'felix'>) {
  return felix.parameters.vxlanVNI.groups.map((g) => g.value);
}
