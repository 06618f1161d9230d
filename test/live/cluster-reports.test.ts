// The reports for Kubernetes itself, as an API server with the published definitions takes them.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openreports, policyreport } from '../../src/report/openreports.ts';
import { tricky, views } from '../report/views.ts';
import { assets, type Live, startServers } from './servers.ts';

/** What is left of the retired repository of wgpolicyk8s.io is in Kyverno, up to the version that went over to OpenReports. */
const published = [
  {
    name: 'openreports',
    write: openreports,
    resource: 'clusterreports.openreports.io',
    module: 'github.com/openreports/reports-api@v0.2.1',
    file: 'config/crd/openreports.io_clusterreports.yaml',
  },
  {
    name: 'policyreport',
    write: policyreport,
    resource: 'clusterpolicyreports.wgpolicyk8s.io',
    module: 'github.com/kyverno/kyverno@v1.14.4',
    file: 'config/crds/policyreport/wgpolicyk8s.io_clusterpolicyreports.yaml',
  },
] as const;

const noGo = process.env.REQUIRE_LIVE !== '1' && spawnSync('go', ['version']).error !== undefined;

describe.runIf(assets())('reports for Kubernetes', () => {
  let live: Live<'a'>;
  beforeAll(async () => {
    live = await startServers(['a']);
  });
  afterAll(() => live?.stop());

  it.skipIf(noGo).each(published)('are kept whole as $resource', async ({ name, write, resource, module, file }) => {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: live.folder });
    const definition = join(JSON.parse(stdout).Dir, file);
    await live.kubectl('create', '--filename', definition);
    await live.kubectl('wait', '--for=condition=Established', '--filename', definition);
    const folder = join(live.folder, name);
    mkdirSync(folder);
    for (const [title, view] of Object.entries({ ...views, tricky })) {
      const path = join(folder, `${title}.json`);
      writeFileSync(path, write(view));
      await live.kubectl('apply', '--server-side', '--force-conflicts', '--validate=strict', '--filename', path);
      const asked = JSON.parse(write(view)).items;
      const kept = JSON.parse(await live.kubectl('get', resource, '--output=json')).items;
      for (const { metadata, ...report } of asked) {
        const same = kept.find((one: typeof report) => one.metadata.name === metadata.name);
        expect(same).toMatchObject(report);
        expect(same.results).toEqual(report.results);
      }
    }
  });
});
