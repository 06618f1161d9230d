// Judges whether the server of a remote's kubeconfig is an address that the nodes and controllers of another cluster can use. It knows no
// network: only addresses that cannot work are told.

import {
  defineRule,
  heldKubeconfigs,
  inside,
  isLocalHost,
  serverAddress,
  serviceAddresses,
  targetOf,
  writeAccessSecret,
} from '../src/rule.ts';

/** Ports that the operator's policy opens for calico-kube-controllers to API servers (tigera/operator pkg/render/kubecontrollers, v1.42). */
const API_PORTS = [443, 6443, 12388];
const ANNOTATION = 'federation.tigera.io/serviceSelector';

export default defineRule({
  id: 'kubeconfig-server-means-same-outside',
  title: 'The server of every kubeconfig means the same outside its own cluster',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['services', 'serviceCIDRs', 'configMaps'],
  docs: {
    why: 'Typha connects from a node of this cluster. A loopback address, a name such as kubernetes.default.svc or the address of a Service leads it to its own cluster or nowhere.',
    fix: 'Use the address of the remote API server that nodes of this cluster reach; test it from one of them.',
    limits:
      'Whether an address is reachable shows only on the network. A policy of your own that lets calico-kube-controllers out to other ports is not seen.',
    sources: [
      {
        title: 'Creating the cluster mesh: troubleshoot, verify configuration (connect from a node)',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#verify-configuration',
        version: '3.23',
      },
      {
        title: 'tigera/operator pkg/render/kubecontrollers: egress of calico-kube-controllers',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/render/kubecontrollers/kube-controllers.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    local: 'the server {host} in Secret {secret} of {cluster} means something else on the nodes of {cluster}',
    service:
      'the server {host} in Secret {secret} of {cluster} is the address of a Service of {owner}, which only that cluster knows',
    port: 'the server {host} in Secret {secret} of {cluster} has port {port}, which calico-kube-controllers may not reach for federated Services (443, 6443 and 12388 are open)',
  },
  *check({ clusters }, say) {
    const inServices = new Map(clusters.map((c) => [c.name, serviceAddresses(c)]));
    for (const { name: cluster, remotes, services } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const address = connection.server === null ? null : serverAddress(connection.server);
        if (address === null) continue;
        const { host, port } = address;
        const secret = `${object.namespace}/${object.name}`;
        const fix = {
          title: 'write the kubeconfig anew with an address that nodes of this cluster reach',
          command: writeAccessSecret(cluster, object),
        };
        const spec = { clusters: [cluster], remotes: users.map((r) => r.ref), fix };
        const target = targetOf(users[0]);
        const [first] = [target, cluster].flatMap((owner) => {
          const place = owner === null ? null : inServices.get(owner)?.(host);
          return place ? [{ owner: owner ?? '', place }] : [];
        });
        const federated = services.items.find((s) => s.federated);
        if (isLocalHost(host)) {
          yield say.finding('local', { host, secret, cluster }, { ...spec, evidence: evidence(`server ${host}`) });
        } else if (first) {
          const [head, ...rest] = evidence(`server ${host}`);
          const sides = { ...spec, evidence: [head, ...rest, first.place] as const };
          yield say.finding('service', { host, secret, cluster, owner: first.owner }, sides);
        } else if (federated && !API_PORTS.includes(port)) {
          const [head, ...rest] = evidence(`port ${port}`);
          const service = inside(federated, ['metadata', 'annotations', ANNOTATION], 'a federated Service');
          yield say.finding('port', { host, secret, cluster, port }, { ...spec, evidence: [head, ...rest, service] });
        }
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});
