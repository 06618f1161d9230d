// Judges whether eBPF data planes send the VXLAN VNI that other data planes expect. Reads nothing but the mesh.

import {
  at,
  type Cluster,
  type DataPlane,
  defineRule,
  type Evidence,
  ipipTurnedOnBy,
  isAtLeast,
  kubectl,
  tellDataPlane,
  type Version,
  wireguardOn,
} from '../src/rule.ts';

export default defineRule({
  id: 'ebpf-sends-the-vni',
  title: 'Every eBPF data plane sends the VNI that the other clusters expect',
  requirement: 'supported-version',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: ['version'],
  evidence: ['felix', 'installations', 'ipPools'],
  docs: {
    why: 'A receiver drops VXLAN packets with another VNI than its own. The eBPF data plane of the previews of 3.22.0 always sends 0. From the open-source base 3.32 on it sends 1 where IPIP or WireGuard is on as well, which another data plane with the same vxlanVNI does not expect.',
    fix: 'Upgrade to 3.22.1 or later. Where IPIP or WireGuard is on, turn it off, or run the same data plane in all clusters.',
    limits:
      'What the second case does to a mesh is inferred from the source of the data plane. Settings of vxlanVNI are judged elsewhere.',
    sources: [
      {
        title: 'Release notes 3.22: eBPF data plane and VXLAN VNI',
        url: 'https://docs.tigera.io/calico-enterprise/3.22/release-notes/',
        version: '3.22.1',
      },
      {
        title: 'calico felix/dataplane/linux/bpf_ep_mgr.go: overlayTunnelID',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/dataplane/linux/bpf_ep_mgr.go',
        version: '3.32',
        inferred: true,
      },
    ],
  },
  messages: {
    sendsZero:
      'the eBPF data plane of {cluster}, a preview of 3.22.0 ({version}), sends VNI 0, which other clusters drop',
    sendsZeroIfUsed: 'the eBPF data plane of {cluster} ({version}) sends VNI 0, which is wrong if the mesh uses VXLAN',
    sendsOne: {
      text: 'the eBPF data plane of {cluster} probably sends VNI 1, because {other} is on too, which other clusters drop',
      severity: 'warning',
    },
  },
  *check({ clusters, vxlan }, say) {
    yield say.pass(clusters.map((c) => c.name));
    if (vxlan === 'unused') return;
    const sent = clusters.map((cluster) => ({ cluster, ...vniOf(cluster) }));
    for (const { cluster, vni, plane, other } of sent) {
      const { value: version, source } = cluster.version;
      if (vni === 'set' || !plane || !version || !source || sent.every((s) => s.vni === vni)) continue;
      const { name } = cluster;
      const evidence: readonly [Evidence, ...Evidence[]] = [plane.evidence, at(source, `version of ${name}`)];
      const command = kubectl(name, "get felixconfigurations default -o jsonpath='{.spec.bpfEnabled}'");
      const data = { cluster: name, version: version.text };
      if (vni === 'one' && vxlan === 'used' && other) {
        const fix = { title: `turn ${other.name} off, or run one data plane in all clusters`, command };
        const spec = { clusters: [name], evidence: [...evidence, ...other.evidence], fix } as const;
        yield say.finding('sendsOne', { cluster: name, other: other.name }, spec);
      } else if (vni === 'zero' && vxlan === 'used') {
        const fix = { title: 'upgrade to 3.22.1 or later', command };
        yield say.finding('sendsZero', data, { clusters: [name], evidence, fix });
      } else if (vni === 'zero') {
        const fix = { title: 'export the IP pools that were not read', command: kubectl(name, 'get ippools -o yaml') };
        const spec = { clusters: [name], evidence, fix, reason: 'missing-input' } as const;
        yield say.unknown('sendsZeroIfUsed', data, spec);
      }
    }
  },
});

type VniCluster = Cluster<'version' | 'felix' | 'installations' | 'ipPools'>;

interface Sent {
  /** `set` is what vxlanVNI says. */
  readonly vni: 'set' | 'zero' | 'one';
  readonly plane: DataPlane | null;
  readonly other: Other | null;
}

/** An encapsulation beside VXLAN, and what turns IPIP on. */
interface Other {
  readonly name: 'WireGuard' | 'IPIP';
  readonly evidence: readonly Evidence[];
}

function vniOf(cluster: VniCluster): Sent {
  const { value: version } = cluster.version;
  const plane = tellDataPlane(cluster);
  if (!version || plane?.name !== 'BPF') return { vni: 'set', plane, other: null };
  if (version.major === 3 && version.minor === 22 && version.patch === 0) return { vni: 'zero', plane, other: null };
  const other = hasBase332(version) ? otherOf(cluster) : null;
  return { vni: other ? 'one' : 'set', plane, other };
}

function otherOf(cluster: VniCluster): Other | null {
  if (wireguardOn(cluster.felix) === true) return { name: 'WireGuard', evidence: [] };
  const ipip = ipipTurnedOnBy(cluster);
  return ipip && { name: 'IPIP', evidence: [ipip] };
}

/** Is it built on open-source 3.32? From 3.23 on, but for the previews of 3.23.0 (operator config/enterprise_versions.yml, v1.41, v1.42). */
function hasBase332(version: Version): boolean {
  const isPreview = version.minor === 23 && version.patch === 0 && version.suffix !== '';
  return isAtLeast(version, 3, 23) && !isPreview;
}
