// Judges whether the input tells all ranges that pods get addresses from: what is not told cannot be compared. Reads nothing but the mesh.

import { at, defineRule, inside, kubectl, podRanges, shell } from '../src/rule.ts';

export default defineRule({
  id: 'pod-ranges-told',
  title: 'Every cluster tells all ranges that its pods get addresses from',
  requirement: 'disjoint-pod-cidrs',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  evidence: ['nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Overlaps can be ruled out only between ranges that are known. From 3.21 a cluster without a VXLAN pool may take pod addresses from its Nodes or from its cloud, and an IPPool whose range Calico cannot read says nothing at all.',
    fix: 'Export what is missing. For a cluster whose cloud gives out pod addresses, compare the subnets of its pods with the other clusters. Write ranges in plain CIDR notation.',
    sources: [
      {
        title: 'Creating the cluster mesh: pod CIDRs must not overlap, whatever gives them out',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.21 and later',
      },
      {
        title: 'Go net.ParseCIDR, with which Calico reads ranges: leading zeros are refused, IPv4-mapped IPv6 is IPv4',
        url: 'https://pkg.go.dev/net#ParseCIDR',
        version: 'Go 1.26',
      },
    ],
  },
  messages: {
    mapped: 'IPPool {pool} of {cluster} has the IPv4-mapped cidr {cidr}, which Calico reads as {canonical}',
    unreadable: 'IPPool {pool} of {cluster} has cidr {cidr}, which Calico cannot read, so it cannot be compared',
    cloudRanges: 'pods of {cluster} get their addresses from {ipam}, whose ranges stand in no object of the cluster',
    untoldIPAM: 'neither the Installation nor calico-node of {cluster} tells what gives pods their addresses',
    noPodCIDR: 'Node {node} of {cluster} shows no readable pod CIDR, although its pods get their addresses from one',
  },
  *check(mesh, say) {
    for (const cluster of mesh.clusters) {
      const { name, ipPools } = cluster;
      for (const pool of ipPools.items) {
        const data = { pool: pool.ref.name, cluster: name, cidr: pool.cidr.value };
        const evidence = [at(pool.cidr, `cidr is ${data.cidr}`)] as const;
        const command = kubectl(name, `get ippool ${shell(data.pool)} -o yaml`);
        if (pool.range?.mapped) {
          const { canonical } = pool.range;
          const fix = { title: `replace the pool by one with cidr ${canonical}`, command };
          yield say.finding('mapped', { ...data, canonical }, { clusters: [name], evidence, fix });
        } else if (pool.range === null && pool.participates) {
          const fix = { title: 'look at the pool and at the addresses that its pods have', command };
          yield say.unknown('unreadable', data, { clusters: [name], evidence, reason: 'partial-input', fix });
        }
      }
      const { gap } = podRanges(cluster, mesh);
      const fix = {
        title: 'compare the addresses of its pods with the ranges of the other clusters',
        command: kubectl(name, "get pods --all-namespaces -o jsonpath='{.items[*].status.podIP}'"),
      };
      if (gap?.kind === 'cloud-ipam') {
        const evidence = [at(gap.ipam, `IPAM is ${gap.ipam.value}`)];
        const data = { cluster: name, ipam: gap.ipam.value };
        yield say.unknown('cloudRanges', data, { clusters: [name], evidence, reason: 'needs-probe', fix });
      } else if (gap?.kind === 'no-pod-cidr') {
        const evidence = [inside(gap.node, ['spec', 'podCIDRs'], 'no readable pod CIDR')];
        const data = { node: gap.node.name.value, cluster: name };
        yield say.unknown('noPodCIDR', data, { clusters: [name], evidence, reason: 'partial-input', fix });
      } else if (gap?.kind === 'unread-nodes') {
        yield say.missing(name, 'nodes');
      } else if (gap?.kind === 'untold-ipam') {
        // Either of the two tells it; what was read of them does not.
        const { installations, calicoNode } = cluster;
        if (installations.state !== 'complete') yield say.missing(name, 'installations');
        else if (calicoNode.state !== 'complete') yield say.missing(name, 'calicoNode');
        else {
          const command = kubectl(name, 'get installations.operator.tigera.io default -o yaml');
          const settle = { title: 'look at status.computed.cni', command };
          yield say.unknown(
            'untoldIPAM',
            { cluster: name },
            { clusters: [name], reason: 'missing-input', fix: settle },
          );
        }
      } else {
        yield say.pass([name]);
      }
    }
  },
});
