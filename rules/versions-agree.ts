// Judges whether the clusters of a mesh run the same minor version. Reads nothing but the mesh.

import { at, defineRule, type Evidence, few, kubectl, type Sourced } from '../src/rule.ts';

export default defineRule({
  id: 'versions-agree',
  title: 'All clusters run the same minor version',
  requirement: 'supported-version',
  severity: 'warning',
  compares: true,
  needs: ['version'],
  docs: {
    why: 'Requirements of the overlay, the roles that peers need and the namespace of the federation account differ between minor versions. Which versions work together is not documented.',
    fix: 'Upgrade the clusters to one minor version, and apply the newest federation manifests in all of them. During an upgrade of the mesh this warning is expected.',
    limits: 'Patch versions may differ. That a skew does harm is inferred from what changed between versions.',
    sources: [
      {
        title: 'Creating the cluster mesh, 3.20 and 3.21: prerequisites and credentials differ',
        url: 'https://docs.tigera.io/calico-enterprise/3.21/multicluster/federation/kubeconfig',
        version: '3.21',
        inferred: true,
      },
    ],
  },
  messages: {
    differ: 'clusters run different minor versions, which no documentation promises to work together: {versions}',
  },
  *check({ clusters }, say) {
    const byMinor = new Map<string, Told[]>();
    for (const { name, version } of [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { value, source } = version;
      if (!value || !source) continue;
      const minor = `${value.major}.${value.minor}`;
      byMinor.set(minor, [...(byMinor.get(minor) ?? []), { name, source }]);
    }
    const groups = [...byMinor].sort(([, a], [, b]) => a.length - b.length);
    const [, most = []] = groups.at(-1) ?? [];
    const odd = groups.filter(([, told]) => told.length < most.length);
    // Those that differ from most have to change; where no version has the most clusters, all of them.
    const isTie = groups.filter(([, told]) => told.length === most.length).length > 1;
    const blamed = (isTie ? groups : odd).flatMap(([, told]) => told);
    const sides = [...blamed, ...(isTie ? [] : most.slice(0, 1))];
    const [first, ...others] = sides.map(({ name, source }) => at(source, `version of ${name}`));
    if (first && blamed[0]) {
      const evidence: [Evidence, ...Evidence[]] = [first, ...others];
      const versions = few(groups.map(([minor, told]) => `${minor} (${few(told.map((t) => t.name))})`));
      const command = kubectl(
        blamed[0].name,
        "get installations.operator.tigera.io default -o jsonpath='{.status.calicoVersion}'",
      );
      const fix = { title: 'upgrade the clusters to one minor version', command };
      yield say.finding('differ', { versions }, { clusters: blamed.map((t) => t.name), evidence, fix });
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

interface Told {
  readonly name: string;
  readonly source: Sourced<string>;
}
