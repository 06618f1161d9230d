// What is proposed to connect clusters. Which clusters lead to which is proven with the rules on remotes.

import { expect, test } from 'vitest';
import { remoteManifests } from '../../../src/model/remotes/peering.ts';
import { parseSingle, readText } from '../../../src/source/yaml.ts';

test('manifests of remotes have names that an object may have and that YAML reads as text', () => {
  const nameOf = (cluster: string) =>
    (parseSingle(remoteManifests([cluster])) as { metadata: { name: unknown } }).metadata.name;
  const names = ['West_1', '7', 'no', '1e3', '--', 'eu-1'].map(nameOf);
  expect(names).toEqual(['west-1', '7', 'no', '1e3', 'remote', 'eu-1']);
});

test('every other cluster has a manifest of its own', () => {
  expect([...readText(remoteManifests(['a', 'b', 'c']))].map((d) => d.value)).toHaveLength(3);
});
