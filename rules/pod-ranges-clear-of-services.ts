// Judges whether ranges of pods overlap Service CIDRs of the mesh. Reads nothing but the mesh.

import { at, contains, defineRule, kubectl, names, overlaps, podRanges, serviceRangesOf } from '../src/rule.ts';

export default defineRule({
  id: 'pod-ranges-clear-of-services',
  title: 'No pod range overlaps a Service CIDR of the mesh',
  requirement: 'disjoint-pod-cidrs',
  severity: 'warning',
  compares: false,
  needs: ['ipPools'],
  evidence: ['serviceCIDRs', 'configMaps', 'nodes', 'installations', 'calicoNode'],
  docs: {
    why: 'Nodes turn every address of a Service into one of its pods before they route. A pod whose address is that of a Service in another cluster cannot be reached from there.',
    fix: 'Move the pods to a range outside of all Service CIDRs.',
    limits: 'Service CIDRs are known from ServiceCIDR objects and from the ConfigMap kubeadm-config only.',
    sources: [
      {
        title: 'Kubernetes Services: virtual IPs; the vendor does not name this requirement, it is inferred',
        url: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
        version: 'v1.33',
        inferred: true,
      },
    ],
  },
  messages: {
    services:
      'pod range {cidr} of {cluster} {relation} Service CIDR {services} of {others}, whose nodes are inferred to take its pods for Services',
  },
  *check(mesh, say) {
    const services = mesh.clusters.flatMap((cluster) =>
      serviceRangesOf(cluster).map((service) => ({ ...service, cluster: cluster.name })),
    );
    const distinct = [...new Map(services.map((s) => [s.range.canonical, s.range])).values()];
    for (const cluster of mesh.clusters) {
      const { name } = cluster;
      for (const { range, source, pool } of podRanges(cluster, mesh).ranges) {
        for (const met of pool === null ? [] : distinct.filter((service) => overlaps(service, range))) {
          const sides = services.filter((s) => s.range.canonical === met.canonical);
          const others = new Set(sides.map((s) => s.cluster));
          const relation = contains(met, range) ? 'lies in' : 'contains';
          const data = {
            cidr: range.canonical,
            cluster: name,
            relation,
            services: met.canonical,
            others: names(others),
          };
          yield say.finding('services', data, {
            clusters: [name],
            against: [...others].filter((other) => other !== name),
            evidence: [
              at(source, `${range.canonical} of ${name}`),
              ...sides.map((s) => at(s.source, `Services of ${s.cluster}`)),
            ],
            fix: { title: 'move the pods to another range', command: kubectl(name, 'get ippools -o yaml') },
          });
        }
      }
      yield say.pass([name]);
    }
  },
});
