// Judges the names of RemoteClusterConfigurations: their form, and whether people can tell what they stand for. Reads nothing but the mesh.

import { defineRule, inside, kubectl, names, type Remote, shell, targetOf } from '../src/rule.ts';

/** Lower-case alphanumerics and `-` (docs, reference/resources/remoteclusterconfiguration, 3.23), as a DNS label writes them. */
const form = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

const path = ['metadata', 'name'];

export default defineRule({
  id: 'remote-names-valid',
  title: 'Names of RemoteClusterConfigurations are lower-case alphanumerics and dashes',
  requirement: 'valid-remotes',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['nodes'],
  docs: {
    why: 'The name is the prefix of every remote endpoint and the value of the label federation.tigera.io/remoteClusterName; another form is rejected or breaks selectors and tools that split on it.',
    fix: 'Create the RemoteClusterConfiguration again under a name of lower-case letters, digits and dashes, and delete the old one. One name per cluster, used by all its peers, keeps output readable.',
    sources: [
      {
        title: 'Remote cluster configuration: metadata',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/remoteclusterconfiguration#metadata',
        version: '3.23',
      },
    ],
  },
  messages: {
    form: 'RemoteClusterConfiguration {remote} has a name that is not made of lower-case alphanumerics and dashes',
    equalsNode: {
      text: 'RemoteClusterConfiguration {remote} is called like a node of its own cluster, so the first part of an endpoint in calicoq output is ambiguous',
      severity: 'note',
    },
    differs: {
      text: 'the RemoteClusterConfigurations that lead to {to} have different names: {names}',
      severity: 'note',
    },
  },
  *check({ clusters }, say) {
    const byTarget = new Map<string, Remote[]>();
    for (const { name, remotes, nodes } of clusters) {
      const nodeNames = new Set(nodes.items.map((node) => node.ref.name));
      for (const remote of remotes.items) {
        const data = { remote: remote.ref.name };
        const where = { clusters: [name], remotes: [remote.ref] };
        if (!form.test(data.remote)) {
          const evidence = [inside(remote, path, 'not lower-case alphanumerics and dashes')] as const;
          const command = kubectl(name, `get remoteclusterconfiguration ${shell(data.remote)} -o yaml`);
          yield say.finding('form', data, {
            ...where,
            evidence,
            fix: { title: 'create it again under a valid name and delete this one', command },
          });
        }
        if (nodeNames.has(data.remote)) {
          yield say.finding('equalsNode', data, { ...where, evidence: [inside(remote, path, 'a node has this name')] });
        }
        const to = targetOf(remote);
        if (to !== null) byTarget.set(to, [...(byTarget.get(to) ?? []), remote]);
      }
      if (remotes.state !== 'complete') continue;
      yield remotes.items.length > 0 ? say.pass([name]) : say.notApplicable([name]);
    }
    for (const [to, all] of [...byTarget].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const leading = all.sort((a, b) => (a.ref.cluster < b.ref.cluster ? -1 : 1));
      const used = [...new Set(leading.map((remote) => remote.ref.name))];
      const [first, ...rest] = leading.map((remote) => inside(remote, path, `${remote.ref.cluster} calls it so`));
      if (used.length < 2 || !first) continue;
      const holders = [...new Set(leading.map((remote) => remote.ref.cluster))];
      yield say.finding('differs', { to, names: names(used) }, { clusters: holders, evidence: [first, ...rest] });
    }
  },
});
