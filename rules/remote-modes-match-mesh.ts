// Judges overlayRoutingMode of every RemoteClusterConfiguration against the mode of the mesh. Reads nothing but the mesh.

import { at, defineRule, inside, kubectl, type RemoteFacts, shell } from '../src/rule.ts';

/** Written by hand rather than by the API server: it has neither uid nor creationTimestamp. */
const isManifest = (remote: RemoteFacts) => remote.uid === null && remote.created === null;

export default defineRule({
  id: 'remote-modes-match-mesh',
  title: 'Every RemoteClusterConfiguration sets overlayRoutingMode to the mode of the mesh',
  requirement: 'overlay-routing-mode',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'With Enabled, Typha also syncs nodes, IP pools and IPAM blocks of the remote, and Felix routes to its pods through the overlay. One RemoteClusterConfiguration that differs leaves one direction of one pair without routes; one that is Enabled where the network routes pod IPs sends their traffic into tunnels instead.',
    fix: 'Set spec.syncOptions.overlayRoutingMode to Enabled on every RemoteClusterConfiguration of an overlay mesh, to Disabled on every one where the network routes pod IPs.',
    limits:
      'The value that the aggregated API server fills into an unset field depends on the moment of the write, so an unset field is a warning, never an error.',
    example: 'spec:\n  syncOptions:\n    overlayRoutingMode: Enabled   # not spec.overlayRoutingMode, and not enabled',
    sources: [
      {
        title: 'Creating the cluster mesh: check overlayRoutingMode',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#troubleshoot',
        version: '3.23',
      },
      {
        title: 'tigera/api pkg/apis/projectcalico/v3/remoteclusterconfig.go: values and defaults of overlayRoutingMode',
        url: 'https://github.com/tigera/api/blob/release-calient-v3.23/pkg/apis/projectcalico/v3/remoteclusterconfig.go',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs: 'RemoteClusterConfiguration {remote} sets overlayRoutingMode to {found}, the mesh needs {wanted}',
    invalid:
      'RemoteClusterConfiguration {remote} sets overlayRoutingMode to {found}, which is neither Enabled nor Disabled',
    misplaced:
      'RemoteClusterConfiguration {remote} sets spec.overlayRoutingMode, a field that does not exist, instead of spec.syncOptions.overlayRoutingMode',
    misplacedToo: {
      text: 'RemoteClusterConfiguration {remote} also sets spec.overlayRoutingMode, a field that does not exist',
      severity: 'note',
    },
    unset: {
      text: 'RemoteClusterConfiguration {remote} does not set overlayRoutingMode, which counts as Disabled in stored state; the mesh needs {wanted}',
      severity: 'warning',
    },
    unsetManifest: {
      text: 'RemoteClusterConfiguration {remote} does not set overlayRoutingMode, so what it becomes depends on how it is written; the mesh needs {wanted}',
      severity: 'warning',
    },
  },
  *check({ clusters, routing }, say) {
    const wanted = routing === 'overlay' ? 'Enabled' : 'Disabled';
    for (const { name, remotes } of clusters) {
      for (const remote of remotes.items) {
        const { overlayRoutingMode: mode, misplacedMode: misplaced } = remote;
        const data = { remote: remote.ref.name, wanted };
        const patch = {
          spec: { ...(misplaced && { overlayRoutingMode: null }), syncOptions: { overlayRoutingMode: wanted } },
        };
        const edit = `patch remoteclusterconfiguration ${shell(data.remote)} --type merge -p ${shell(JSON.stringify(patch))}`;
        const where = { clusters: [name], remotes: [remote.ref] };
        const fix = { title: `set overlayRoutingMode to ${wanted}`, command: kubectl(name, edit), patch };
        if (mode !== null) {
          const evidence = [at(mode, `overlayRoutingMode is ${mode.value}`)] as const;
          if (mode.value !== 'Enabled' && mode.value !== 'Disabled') {
            yield say.finding('invalid', { ...data, found: mode.value }, { ...where, evidence, fix });
          } else if (mode.value !== wanted) {
            yield say.finding('differs', { ...data, found: mode.value }, { ...where, evidence, fix });
          } else if (misplaced) {
            const ignored = at(misplaced, 'this field has no effect');
            yield say.finding('misplacedToo', data, { ...where, evidence: [ignored] });
          }
        } else if (misplaced) {
          const evidence = [at(misplaced, 'this field has no effect')] as const;
          yield say.finding('misplaced', data, { ...where, evidence, fix });
        } else {
          const path = ['spec', 'syncOptions', 'overlayRoutingMode'];
          const evidence = [inside(remote, path, 'overlayRoutingMode is not set')] as const;
          const message = isManifest(remote) ? 'unsetManifest' : 'unset';
          yield say.finding(message, data, { ...where, evidence, fix });
        }
      }
      if (remotes.state !== 'complete') continue;
      yield remotes.items.length > 0 ? say.pass([name]) : say.notApplicable([name]);
    }
  },
});
