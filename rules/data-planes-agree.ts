// Notes that clusters of the mesh run different data planes. Reads nothing but the mesh.

import { defineRule, type Evidence, few, kubectl, tellDataPlane } from '../src/rule.ts';

export default defineRule({
  id: 'data-planes-agree',
  title: 'All clusters run the same data plane',
  requirement: 'supported-version',
  routing: 'overlay',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: ['installations', 'felix'],
  docs: {
    why: 'Data planes work together as long as what they put on the wire is the same. Where they differ, settings of VXLAN deserve a second look, and faults show in one direction only.',
    fix: 'Nothing has to be changed; run the same data plane everywhere if you look for a fault between two clusters.',
    sources: [
      {
        title: 'Installation: linuxDataplane',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/installation/api#linuxdataplaneoption',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: { differ: 'clusters run different data planes: {planes}' },
  *check({ clusters }, say) {
    const told = clusters.flatMap((cluster) => {
      const plane = tellDataPlane(cluster);
      return plane ? [{ name: cluster.name, plane }] : [];
    });
    const kinds = [...new Set(told.map((t) => t.plane.name))].sort();
    const sorted = [...told].sort((a, b) => (a.name < b.name ? -1 : 1));
    const [first, ...others] = sorted.map((t) => t.plane.evidence);
    if (kinds.length > 1 && first && sorted[0]) {
      const evidence: [Evidence, ...Evidence[]] = [first, ...others];
      const of = (kind: string) => few(sorted.filter((t) => t.plane.name === kind).map((t) => t.name));
      const planes = kinds.map((kind) => `${kind} (${of(kind)})`).join(', ');
      const command = kubectl(sorted[0].name, 'get felixconfigurations default -o yaml');
      const fix = { title: 'compare what the data planes put on the wire', command };
      yield say.finding('differ', { planes }, { clusters: sorted.map((t) => t.name), evidence, fix });
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});
